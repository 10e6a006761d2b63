import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planarClassification as dataset } from '@natsweep/datasets';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { loadLargeMarginSolver } from '@natsweep/theory';
import { localMargins } from '@natsweep/theory/testing';
import { degrees, planarLimits } from './planar-limits.ts';

const solver = await loadLargeMarginSolver();

test('the ℓ_{2/L} limits of the planar toy are the global minima that an exhaustive search finds', () => {
  for (let seed = 0; seed < 10; seed++) {
    const { inputs, labels } = dataset({ seed, samples: 40 });
    const task = { values: inputs.map((value, i) => value * labels[i >> 1]!), samples: 40, dimension: 2 };
    for (const depth of [3, 4, 6]) {
      const of = { task, separator0: [1, 1], method: 'egd', depth } as const;
      const [x, y] = localMargins(task, 2 / depth)[0]!.separator;
      assertClose(planarLimits(createReferenceEngine(), solver, of).own, degrees([x!, y!]), { rtol: 0, atol: 1e-4 });
    }
  }
});

test('the axis, where deep networks end, is the cheapest of several local minima', () => {
  const { inputs, labels } = dataset({ seed: 0, samples: 40 });
  const task = { values: inputs.map((value, i) => value * labels[i >> 1]!), samples: 40, dimension: 2 };
  const minima = localMargins(task, 2 / 3).map(({ separator }) => degrees([separator[0]!, separator[1]!]));
  assert.ok(minima.length > 1, String(minima));
  assertClose(minima[0]!, 0, { rtol: 0, atol: 1e-9 });
});
