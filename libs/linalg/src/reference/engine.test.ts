import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runConformance } from '../testing/index.ts';
import { createReferenceEngine } from './engine.ts';

runConformance('reference', createReferenceEngine);

test('arrays longer than an argument list can be are reduced, joined and decomposed', () => {
  const engine = createReferenceEngine();
  const n = 400;
  const squares = engine.diag(
    engine.tensor(
      Float64Array.from({ length: n }, (_, i) => (i + 1) ** 2),
      [n],
    ),
  );
  assert.deepEqual([...engine.read(engine.reduce('max', squares))], [n ** 2]);
  assert.deepEqual([...engine.read(engine.reduce('min', squares))], [0]);
  assert.deepEqual(engine.concat([squares, squares], 0).shape, [2 * n, n]);
  assert.equal(engine.read(engine.eigh(squares).values).at(-1), n ** 2);
  assert.equal(engine.read(engine.svd(squares).s)[0], n ** 2);
  const column = engine.full([n ** 2, 1], 1);
  assert.deepEqual([...engine.read(engine.qr(column).r)].map(Math.abs), [n]);
});
