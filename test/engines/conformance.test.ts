/** The conformance suite on a GPU, in both precisions; on the CPU it is among the tests of libs/linalg-tfjs. */
import { test } from 'node:test';
import { runConformance } from '@natsweep/linalg/testing';
import { createTfjsEngine, findTensorflow } from '@natsweep/linalg-tfjs';

const missing = gpuMissing();
for (const precision of ['float64', 'float32'] as const) {
  const name = `tfjs ${precision} on a GPU`;
  if (missing === undefined) runConformance(name, () => createTfjsEngine({ device: 'gpu', precision }));
  else test(name, (t) => t.skip(missing));
}

function gpuMissing(): string | undefined {
  const tensorflow = findTensorflow();
  if (!tensorflow.found) return `${tensorflow.reason}. ${tensorflow.fix}`;
  try {
    createTfjsEngine({ device: 'gpu' });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
