import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { readSettings, SettingsError } from './settings.ts';

function slots(args: readonly string[], gpus: readonly string[] = []): readonly string[] {
  const settings = readSettings(args, {}, gpus);
  assert.ok(typeof settings === 'object');
  return settings.slots.map(({ name, gpu }) => (gpu === undefined ? name : `${name} on ${gpu}`));
}

test('slots are counted on the CPU and named on GPUs', () => {
  assert.deepEqual(slots(['--slots', '2']), ['cpu-0', 'cpu-1']);
  assert.deepEqual(slots(['--slots', 'cpu:1'], ['0']), ['cpu-0']);
  assert.deepEqual(slots(['--slots', 'gpu:0,2,0']), ['gpu-0 on 0', 'gpu-2 on 2']);
});

test('automatic slots are the GPUs that TensorFlow was set up for, else the processors', () => {
  assert.deepEqual(slots([], ['0', '1']), ['gpu-0 on 0', 'gpu-1 on 1']);
  assert.equal(slots([]).length, availableParallelism());
  assert.equal(slots(['--engine', 'openblas'], ['0']).length, availableParallelism());
});

test('slots that make no sense are refused with an example', () => {
  for (const text of ['0', 'gpu', 'gpu:', 'gpu:a', 'cpu:0', '1.5'])
    assert.throws(() => slots(['--slots', text]), SettingsError);
  assert.throws(() => slots(['--slots', 'gpu:0', '--engine', 'openblas']), /needs --engine auto or tfjs/);
});

test('a name that no report could carry is refused', () => {
  for (const name of ['', 'x'.repeat(201)])
    assert.throws(() => slots(['--name', name]), { name: 'SettingsError', message: /--name has from 1 to 200/ });
});
