import { test } from 'node:test';
import { runConformance } from '@natsweep/linalg/testing';
import { createOpenblasEngine } from './engine.ts';
import { findOpenblas } from './library.ts';

const openblas = findOpenblas();
for (const precision of ['float64', 'float32'] as const) {
  const name = `openblas ${precision}`;
  if (openblas.found) runConformance(name, () => createOpenblasEngine({ precision }));
  else test(name, (t) => t.skip(openblas.reason));
}
