import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/**
 * Puts an nvidia-smi on the path, for the time of a test. It prints what `show` was given, provided that it is asked as the
 * real one can be: for known columns as CSV without header and units.
 */
export function fakeNvidiaSmi(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-gpus-'));
  const path = process.env['PATH'];
  process.env['PATH'] = `${folder}:${path}`;
  t.after(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });
  const write = (script: string): void => {
    writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'nvidia-smi'), 0o755);
  };
  return {
    show: (table: string) =>
      write(
        '[ "$*" = "--query-gpu=index,name,utilization.gpu,memory.used,memory.total --format=csv,noheader,nounits" ] || exit 2\n' +
          `cat <<'END'\n${table}\nEND`,
      ),
    fail: () => write('echo "NVIDIA-SMI has failed because it couldn\'t communicate with the NVIDIA driver."; exit 9'),
  };
}

/** A folder that looks like what `natsweep setup tensorflow` leaves. */
export function fakeTensorflow(t: TestContext, gpu: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-tensorflow-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'tfjs_binding.node'), '');
  writeFileSync(join(folder, 'setup.json'), JSON.stringify({ version: '2.21.0', device: 'none', gpu }));
  return folder;
}
