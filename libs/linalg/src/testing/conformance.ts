import { describe, test } from 'node:test';
import { createReferenceEngine } from '../reference/engine.ts';
import { Context } from './context.ts';
import { elementwiseCases } from './elementwise.ts';
import { decompositionCases } from './decompositions.ts';
import { ownershipCases } from './ownership.ts';
import { productCases } from './products.ts';
import { shapingCases } from './shaping.ts';
import { systemCases } from './systems.ts';
import { tolerances } from './tolerances.ts';
import type { LinalgEngine } from '../engine.ts';

const topics = {
  elementwise: elementwiseCases,
  shaping: shapingCases,
  products: productCases,
  systems: systemCases,
  decompositions: decompositionCases,
  ownership: ownershipCases,
};

/**
 * Registers the tests that every engine must pass: agreement with the reference engine, identities that hold whatever
 * computes them (A = L Lᵀ, Vᵀ V = I, …), the contract's failures, and its rules of ownership.
 */
export function runConformance(name: string, createEngine: () => LinalgEngine): void {
  for (const [topic, cases] of Object.entries(topics))
    describe(`${name}: ${topic}`, () => {
      const engine = createEngine();
      for (const { name: title, run } of cases)
        test(title, () => {
          const reference = createReferenceEngine();
          engine.scope(() => run(new Context({ engine, reference }, tolerances[engine.info().precision], title)));
        });
    });
}
