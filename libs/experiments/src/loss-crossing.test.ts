import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertClose } from '@natsweep/linalg/testing';
import { followCrossing, logMean, notCrossed } from './loss-crossing.ts';

const follow = (losses: readonly number[], quantities: readonly number[], level: number) =>
  losses.reduce(
    (crossing, loss, i) => followCrossing(crossing, { logLoss: Math.log(loss), quantity: quantities[i]! }, level),
    notCrossed,
  ).value;

test('the quantity is interpolated in the log loss, where the level is first reached', () => {
  assertClose(follow([1, 0.1, 0.001], [0, 2, 6], 0.01), 4);
  assertClose(follow([1, 0.001, 1, 0.0001], [0, 3, 9, 9], 0.001), 3);
});

test('a loss that never falls to the level, or starts below it, has no crossing', () => {
  assert.ok(Number.isNaN(follow([1, 0.5, 0.2], [1, 2, 3], 0.1)));
  assert.ok(Number.isNaN(follow([0.05, 0.01], [1, 2], 0.1)));
});

test('the log mean is finite where the terms underflow', () => {
  assertClose(logMean(Float64Array.of(Math.log(1), Math.log(3))), Math.log(2));
  assertClose(logMean(Float64Array.of(-2000, -2000)), -2000);
});
