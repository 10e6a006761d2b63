import type { LinalgEngine } from '@natsweep/linalg';

export const engineChoices = ['auto', 'openblas', 'reference'] as const;

/** `auto` is the fastest engine that works here; `reference` is slow and never chosen by itself. */
export type EngineChoice = (typeof engineChoices)[number];

/** Creates the engine of a trial process; throws an error whose message says what is missing. */
export async function createEngine(choice: EngineChoice): Promise<LinalgEngine> {
  switch (choice) {
    case 'auto':
    case 'openblas': {
      const { createOpenblasEngine } = await import('@natsweep/linalg-openblas');
      return createOpenblasEngine();
    }
    case 'reference': {
      const { createReferenceEngine } = await import('@natsweep/linalg');
      return createReferenceEngine();
    }
  }
}
