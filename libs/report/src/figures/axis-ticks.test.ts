import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parameterAxis, stepAxis, valueAxis } from './axis-ticks.ts';

test('an axis holds its values, and every tick lies inside it and has a label of its own', () => {
  const positive = fc.double({ min: 1e-12, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(
      fc.constantFrom('linear' as const, 'log' as const),
      fc.array(positive, { minLength: 1 }),
      (type, values) => {
        const { domain, ticks, labels } = valueAxis(type, values);
        assert.ok(domain[0] <= Math.min(...values) && domain[1] >= Math.max(...values));
        assert.ok(ticks.length >= 1 && ticks.length <= 14, `${ticks.length} ticks`);
        assert.ok(ticks.every((tick) => tick >= domain[0] && tick <= domain[1]));
        assert.equal(labels.length, ticks.length);
        assert.equal(new Set(labels).size, labels.length, labels.join(' '));
      },
    ),
  );
});

test('decades are powers of ten where numbers would be long; less than three decades have ticks between', () => {
  assert.deepEqual(valueAxis('log', [1e-9, 1]).labels, ['10⁻⁸', '10⁻⁶', '10⁻⁴', '10⁻²', '10⁰']);
  assert.deepEqual(valueAxis('log', [0.01, 100]).labels, ['0.01', '0.1', '1', '10', '100']);
  assert.deepEqual(valueAxis('log', [1e-3, 1]).labels, ['0.001', '0.01', '0.1', '1']);
  assert.deepEqual(valueAxis('log', [0.06, 4]).labels, ['0.05', '0.1', '0.2', '0.5', '1', '2', '5']);
  assert.deepEqual(valueAxis('log', [4e-4, 0.02]).labels, ['0.0005', '0.001', '0.002', '0.005', '0.01', '0.02']);
  assert.deepEqual(valueAxis('linear', [1000.1, 1000.4]).labels, ['1000.1', '1000.2', '1000.3', '1000.4']);
});

test('values below so many decades are left outside, and an axis without values still is one', () => {
  assert.ok(valueAxis('log', [1e-300, 1], { decades: 16 }).domain[0] > 1e-18);
  assert.deepEqual(valueAxis('log', [0, -1]).domain, [0, 1]);
});

test('steps are whole numbers from 0 to the last', () => {
  assert.deepEqual(stepAxis(30).labels, ['0', '10', '20', '30']);
  assert.deepEqual(stepAxis(2).labels, ['0', '1', '2']);
});

test('few values of a parameter have a tick each; names stand side by side', () => {
  assert.deepEqual(parameterAxis('log', [256, 1024, 4096]).ticks, [256, 1024, 4096]);
  assert.deepEqual(parameterAxis('log', [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1]).labels, [
    '10⁻¹²',
    '10⁻⁹',
    '10⁻⁶',
    '10⁻³',
    '1',
  ]);
  assert.equal(parameterAxis('linear', ['exact', 'kfac']).type, 'point');
  assert.deepEqual(parameterAxis('linear', ['unit-wise', 'block-tridiagonal']).labels, [
    'unit-wise',
    'block-\ntridiagonal',
  ]);
  // zero has no place on a log axis
  assert.deepEqual(parameterAxis('log', [0, 1, 10]).labels, ['0', '1', '10']);
});
