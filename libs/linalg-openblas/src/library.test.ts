import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { coreTypeHere } from './cpu.ts';
import { findOpenblas, searchOpenblas } from './library.ts';

const openblas = findOpenblas();
const absent = openblas.found ? false : openblas.reason;

test('a library that cannot be loaded is reported with its path and the fix', () => {
  const result = searchOpenblas(['/nowhere/libopenblas.so.0']);
  assert.ok(!result.found);
  assert.match(result.reason, /^OpenBLAS was not found; tried \/nowhere\/libopenblas\.so\.0 \(.+\)$/);
  assert.match(result.fix, /^Install it \(.+\), or set NATSWEEP_OPENBLAS/);
});

test('a library that lacks the routines is passed over', { skip: absent || process.platform !== 'linux' }, () => {
  assert.ok(openblas.found);
  const result = searchOpenblas(['libm.so.6', openblas.path]);
  assert.ok(result.found);
  assert.equal(result.path, openblas.path);
});

test('OpenBLAS runs the kernels chosen for this processor', { skip: absent }, (t) => {
  const wanted = coreTypeHere();
  if (wanted === undefined || !openblas.found) return t.skip('no choice is made on this processor');
  assert.equal(openblas.core, process.env['OPENBLAS_CORETYPE'] ?? wanted);
});

test('loading leaves the environment as it was', { skip: absent }, () => {
  const { stdout } = engineProcess({});
  assert.deepEqual(JSON.parse(stdout), { threads: 1, coreType: null });
});

test('threads follow OPENBLAS_NUM_THREADS', { skip: absent }, () => {
  const { stdout } = engineProcess({ OPENBLAS_NUM_THREADS: '2' });
  assert.equal((JSON.parse(stdout) as { threads: number }).threads, 2);
});

test('NATSWEEP_OPENBLAS names the only library to try', () => {
  const { status, stderr } = engineProcess({ NATSWEEP_OPENBLAS: '/nowhere/blas.so' });
  assert.notEqual(status, 0);
  assert.match(stderr, /OpenblasMissingError: OpenBLAS was not found; tried \/nowhere\/blas\.so/);
});

/** Creates an engine in a process of its own, where the library is not loaded yet. */
function engineProcess(env: Record<string, string>): { status: number | null; stdout: string; stderr: string } {
  const code = `
    import { createOpenblasEngine } from ${JSON.stringify(new URL('engine.ts', import.meta.url).href)};
    const { threads } = createOpenblasEngine().info();
    console.log(JSON.stringify({ threads, coreType: process.env.OPENBLAS_CORETYPE ?? null }));`;
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_NUM_THREADS: _threads, ...inherited } = process.env;
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: { ...inherited, ...env },
  });
}
