import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createTerminal } from '../terminal/terminal.ts';
import { tellMemory } from './large-sweep.ts';

test('the memory that all trials of several sweeps take is told beforehand, and only of many', async () => {
  const told = async (...observed: readonly number[]) => {
    let written = '';
    const stream = { isTTY: true, write: (text: string | Uint8Array) => ((written += String(text)), true) };
    const terminal = createTerminal(stream, stream, { NO_COLOR: '1', TERM: 'dumb' });
    const counts = (sweep: string) =>
      Promise.resolve({ observed: observed[Number(sweep)]!, failed: 0, byOutcome: {}, byFailure: {} });
    await tellMemory(terminal, { counts }, { sweeps: observed.map((_, sweep) => String(sweep)), command: 'compare' });
    return written;
  };
  assert.equal(await told(50_000, 49_999), '');
  assert.match(await told(600_000, 400_000), /^Reading 1,000,000 trials takes about 687 MiB of memory\.\n$/);
});
