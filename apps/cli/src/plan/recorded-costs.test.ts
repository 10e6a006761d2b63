import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findDeclaration } from '@natsweep/catalogue';
import { openResults } from '@natsweep/results';
import { syntheticRecords, syntheticSweep } from '@natsweep/results/testing';
import { recordedCosts } from './recorded-costs.ts';

test('a trial takes as long as the mean of its group, and may need as much memory as the most that one needed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-costs-'));
  const results = await openResults(`sqlite:${join(folder, 'results.sqlite')}`);
  t.after(async () => {
    await results.close();
    rmSync(folder, { recursive: true });
  });
  const declaration = findDeclaration('diagnostic')!;
  const peaks = { earlier: [1, 9], later: [3, 2, 1] };
  for (const [name, gibibytes] of Object.entries(peaks)) {
    const { version: experimentVersion } = declaration;
    await results.createSweep({
      ...syntheticSweep(name, gibibytes.length),
      experiment: 'diagnostic',
      experimentVersion,
    });
    const records = syntheticRecords(name, gibibytes.length).map((record, i) => {
      const attempt = { ...record.attempt, elapsedSeconds: i, peakMemoryBytes: gibibytes[i]! * 2 ** 30 };
      return { ...record, params: { group: 0 }, attempt };
    });
    await results.record(records);
  }
  assert.deepEqual(
    [...(await recordedCosts(results, declaration)).values()],
    [{ secondsPerTrial: 4 / 5, memoryBytes: 9 * 2 ** 30 }],
  );
});
