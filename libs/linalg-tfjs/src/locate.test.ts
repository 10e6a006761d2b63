import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findTensorflow, tensorflowDirectory } from './locate.ts';

const directory = mkdtempSync(join(tmpdir(), 'natsweep-tensorflow-'));
after(() => rmSync(directory, { recursive: true }));

test('the folder is chosen by the environment, else lies in the cache', () => {
  assert.equal(tensorflowDirectory({ NATSWEEP_TENSORFLOW_DIR: '/opt/tf', XDG_CACHE_HOME: '/cache' }), '/opt/tf');
  assert.equal(tensorflowDirectory({ XDG_CACHE_HOME: '/cache' }), '/cache/natsweep/tensorflow');
  assert.match(tensorflowDirectory({}), /\.cache\/natsweep\/tensorflow$/);
});

test('a build counts only with its record, which comes last', (t) => {
  const env = { NATSWEEP_TENSORFLOW_DIR: directory };
  writeFileSync(join(directory, 'tfjs_binding.node'), '');
  const without = findTensorflow(env);
  if (without.found) return t.skip('the npm package @tensorflow/tfjs-node-gpu is installed here');
  assert.match(without.reason, new RegExp(`${directory} holds no build`));
  assert.match(without.fix, /natsweep setup tensorflow/);
  writeFileSync(join(directory, 'setup.json'), JSON.stringify({ version: '2.21.0', device: 'some CPU', gpu: false }));
  assert.deepEqual(findTensorflow(env), {
    found: true,
    binding: join(directory, 'tfjs_binding.node'),
    origin: 'setup',
    version: '2.21.0',
    device: 'some CPU',
    gpu: false,
  });
});
