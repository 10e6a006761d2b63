/**
 * Fetches TensorFlow's library and the binding to it, for `natsweep setup tensorflow`:
 *
 *   node setup-tensorflow.ts [--from wheel|package] [--gpu]
 *
 * Ends with 130 when it is interrupted and 1 when it fails, with one line on standard error; nothing is changed then.
 */
import { parseArgs } from 'node:util';
import { SetupError, setupTensorflow, tensorflowDirectory } from '@natsweep/linalg-tfjs';

const { values: flags } = parseArgs({
  options: { from: { type: 'string' }, gpu: { type: 'boolean', default: false } },
});
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());
// Whoever reads may be gone; the set-up is not worth less for it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  const { version, device, gpu } = await setupTensorflow({
    ...(flags.from === 'wheel' || flags.from === 'package' ? { source: flags.from } : {}),
    variant: flags.gpu ? 'gpu' : 'cpu',
    onProgress: (step) => process.stdout.write(`${step}\n`),
    signal: interruption.signal,
  });
  process.stdout.write(`TensorFlow ${version} works on ${device}; it is in ${tensorflowDirectory()}\n`);
  if (flags.gpu && !gpu) process.stdout.write('It saw no GPU here: look at nvidia-smi and CUDA_VISIBLE_DEVICES\n');
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = interruption.signal.aborted ? 130 : 1;
}
