import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RandomStream } from './random.ts';

const moments = (values: Float64Array) => {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const central = (power: number) => values.reduce((sum, x) => sum + (x - mean) ** power, 0) / n;
  return { mean, variance: central(2), kurtosis: central(4) / central(2) ** 2 };
};

test('the same seed and purpose give the same numbers; another of either gives others', () => {
  const first = new RandomStream(7, 'weights/layer1').normals(5);
  assert.deepEqual(new RandomStream(7, 'weights/layer1').normals(5), first);
  for (const other of [new RandomStream(8, 'weights/layer1'), new RandomStream(7, 'weights/layer2')])
    assert.ok(other.normals(5).every((x, i) => x !== first[i]));
});

test('the numbers stay what they are from release to release', () => {
  const stream = new RandomStream(1, 'pinned');
  assert.deepEqual([...stream.uniforms(3)], [0.35609174284461476, 0.23338847412530028, 0.32404568996289884]);
  assert.deepEqual([...stream.integers(4, 1000)], [546, 499, 433, 200]);
});

test('a longer call begins like a shorter one', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(50), (n, more) => {
      for (const draw of ['uniforms', 'normals'] as const) {
        const short = new RandomStream(3, 'prefix')[draw](n);
        assert.deepEqual(new RandomStream(3, 'prefix')[draw](n + more).subarray(0, n), short);
      }
    }),
  );
});

test('uniforms are uniform on [0, 1)', () => {
  const values = new RandomStream(1, 'uniform').uniforms(200_000);
  assert.ok(values.every((x) => x >= 0 && x < 1));
  const { mean, variance } = moments(values);
  assert.ok(Math.abs(mean - 1 / 2) < 5 * Math.sqrt(1 / 12 / values.length));
  assert.ok(Math.abs(variance - 1 / 12) < 5 * Math.sqrt(1 / 180 / values.length));
});

test('normals have the moments of the normal distribution, and neighbours are uncorrelated', () => {
  const values = new RandomStream(1, 'normal').normals(200_000);
  const n = values.length;
  const { mean, variance, kurtosis } = moments(values);
  assert.ok(Math.abs(mean) < 5 / Math.sqrt(n));
  assert.ok(Math.abs(variance - 1) < 5 * Math.sqrt(2 / n));
  assert.ok(Math.abs(kurtosis - 3) < 5 * Math.sqrt(24 / n));
  const correlation = values.reduce((sum, x, i) => sum + x * (values[i + 1] ?? 0), 0) / n;
  assert.ok(Math.abs(correlation) < 5 / Math.sqrt(n));
});

test('integers cover their range evenly', () => {
  const counts = new Array<number>(7).fill(0);
  for (const i of new RandomStream(1, 'integers').integers(70_000, 7)) counts[i]!++;
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  assert.ok(chiSquare < 22.5, `chi-square ${chiSquare} of 6 degrees of freedom, 0.1 % point 22.5`);
});

test('permutation is a permutation, and every order of three is equally likely', () => {
  const order = [...new RandomStream(5, 'order').permutation(100)];
  assert.deepEqual(
    order.toSorted((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i),
  );
  const counts = new Map<string, number>();
  const stream = new RandomStream(6, 'order');
  for (let i = 0; i < 6000; i++) {
    const key = stream.permutation(3).join('');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  assert.equal(counts.size, 6);
  assert.ok(chiSquare < 20.5, `chi-square ${chiSquare} of 5 degrees of freedom, 0.1 % point 20.5`);
});

test('what makes no sense is refused', () => {
  assert.throws(() => new RandomStream(0.5, 'x'), RangeError);
  for (const bound of [0, -1, 2.5, 2 ** 33])
    assert.throws(() => new RandomStream(0, 'x').integers(1, bound), RangeError);
});
