import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wideTraining as declaration } from '@natsweep/catalogue';
import { createReferenceEngine } from '@natsweep/linalg';
import { couplingResponse } from '@natsweep/ngd';

const engine = createReferenceEngine();

const couplings = fc
  .record({
    depth: fc.integer({ min: 1, max: 5 }),
    entries: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 25, maxLength: 25 }),
  })
  .map(({ depth, entries }) =>
    Array.from({ length: depth }, (_, i) =>
      Array.from({ length: depth }, (_, j) => entries[5 * Math.min(i, j) + Math.max(i, j)]!),
    ),
  );

function alphaOf(coupling: readonly (readonly number[])[]): number | undefined {
  try {
    return couplingResponse(engine, coupling).alpha;
  } catch {
    return undefined;
  }
}

test('a Σ is refused before a sweep is queued exactly where the rule has no limit ρ → 0, or none with a positive α', () => {
  fc.assert(
    fc.property(couplings, (coupling) => {
      const text = coupling.map((row) => row.join(',')).join(';');
      const params = declaration.parameters.parse({
        approximation: 'layer-wise',
        depth: coupling.length,
        coupling: text,
      });
      const refusal = declaration.refuse!(params);
      const alpha = alphaOf(coupling);
      if (alpha === undefined) assert.match(refusal ?? '', /kernel is not orthogonal/);
      else if (alpha > 1e-9) assert.equal(refusal, undefined);
      else assert.match(refusal ?? '', /no positive learning rate/);
    }),
    { numRuns: 300 },
  );
});
