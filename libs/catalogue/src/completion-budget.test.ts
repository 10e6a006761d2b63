import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completionBudget } from './completion-budget.ts';
import type { Measurement } from './declaration.ts';

const claim = completionBudget.claims[0]!;
const trial = (steps: number, testError: number | null, effectiveRank: number, depth = 2): Measurement => ({
  params: completionBudget.parameters.parse({ steps, depth, learningRate: 10 / steps, targetError: 0.1 / steps }),
  seed: 0,
  outcome: 'converged',
  metrics: { testError, effectiveRank },
});

test('test error and effective rank of one task must not change with the budget', () => {
  const short = trial(10_000, 0.3, 2);
  const { status, measured } = claim.judge([short, trial(50_000, 0.31, 2.05)]);
  assert.equal(status, 'reproduced');
  assert.match(measured, /^from 10,000 steps to 50,000: change of test error 0\.01 /);
  assert.equal(claim.judge([short, trial(50_000, 0.4, 2)]).status, 'not reproduced');
  assert.equal(claim.judge([short, trial(50_000, 0.3, 2.5)]).status, 'not reproduced');
  assert.equal(claim.judge([short, trial(50_000, null, 2)]).status, 'not reproduced');
  assert.equal(claim.judge([short, trial(50_000, 0.3, 2, 3)]).status, 'undecided');
  assert.equal(claim.judge([]).status, 'undecided');
});
