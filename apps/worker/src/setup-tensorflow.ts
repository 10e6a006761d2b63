/** Fetches TensorFlow's library and builds the binding to it, for `natsweep setup tensorflow`. Argument: cpu or gpu. */
import { SetupError, setupTensorflow, tensorflowDirectory } from '@natsweep/linalg-tfjs';

const variant = process.argv[2] === 'gpu' ? 'gpu' : 'cpu';
try {
  const { version, device } = await setupTensorflow({
    variant,
    onProgress: (step) => process.stdout.write(`${step}\n`),
  });
  process.stdout.write(`TensorFlow ${version} works on ${device}; it is in ${tensorflowDirectory()}\n`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
