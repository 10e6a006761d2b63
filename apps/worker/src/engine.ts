import { createReferenceEngine, type LinalgEngine, type Precision } from '@natsweep/linalg';
import { createOpenblasEngine } from '@natsweep/linalg-openblas';
import { createTfjsEngine } from '@natsweep/linalg-tfjs';
import type { EngineChoice } from './engine-choice.ts';
import { gpuVariable } from './protocol.ts';

/** The engine that was asked for cannot be had; the message says what is missing and what to do. There is no fallback. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code = 'ENGINE';
}

/** The engine of this process in a precision. Throws `EngineError`. */
export type Engines = (precision: Precision) => LinalgEngine;

const missingLibrary = new Set<unknown>(['OPENBLAS_MISSING', 'TENSORFLOW_MISSING']);

/** The engines of one process: of the same make, one per precision, each created when it is first asked for. */
export function createEngines(choice: EngineChoice): Engines {
  const created = new Map<Precision, LinalgEngine>();
  return (precision) => {
    const engine = created.get(precision) ?? createEngine(choice, precision);
    created.set(precision, engine);
    return engine;
  };
}

function createEngine(choice: EngineChoice, precision: Precision): LinalgEngine {
  const onGpu = process.env[gpuVariable] !== undefined;
  try {
    switch (choice) {
      case 'auto':
        return onGpu ? createTfjsEngine({ precision, device: 'gpu' }) : createOpenblasEngine({ precision });
      case 'openblas':
        return createOpenblasEngine({ precision });
      case 'tfjs':
        return createTfjsEngine({ precision, device: onGpu ? 'gpu' : 'auto' });
      case 'reference':
        if (precision === 'float64') return createReferenceEngine();
    }
  } catch (error) {
    if (!(error instanceof Error) || !missingLibrary.has((error as { code?: unknown }).code)) throw error;
    throw new EngineError(error.message, { cause: error });
  }
  throw new EngineError(
    `The ${choice} engine computes in float64 only. Run ${precision} trials with --engine openblas or tfjs`,
  );
}
