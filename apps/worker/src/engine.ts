import { createReferenceEngine, type LinalgEngine } from '@natsweep/linalg';
import { createOpenblasEngine } from '@natsweep/linalg-openblas';
import { createTfjsEngine } from '@natsweep/linalg-tfjs';
import type { EngineChoice } from './engine-choice.ts';
import { gpuVariable } from './protocol.ts';

/** Creates the engine of a trial process; throws an error whose message says what is missing. */
export function createEngine(choice: EngineChoice): LinalgEngine {
  const onGpu = process.env[gpuVariable] !== undefined;
  switch (choice) {
    case 'auto':
      return onGpu ? createTfjsEngine({ device: 'gpu' }) : createOpenblasEngine();
    case 'openblas':
      return createOpenblasEngine();
    case 'tfjs':
      return createTfjsEngine({ device: onGpu ? 'gpu' : 'auto' });
    case 'reference':
      return createReferenceEngine();
  }
}
