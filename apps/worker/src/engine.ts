import { createReferenceEngine, type LinalgEngine } from '@natsweep/linalg';
import { createOpenblasEngine } from '@natsweep/linalg-openblas';
import type { EngineChoice } from './engine-choice.ts';

/** Creates the engine of a trial process; throws an error whose message says what is missing. */
export function createEngine(choice: EngineChoice): LinalgEngine {
  switch (choice) {
    case 'auto':
    case 'openblas':
      return createOpenblasEngine();
    case 'reference':
      return createReferenceEngine();
  }
}
