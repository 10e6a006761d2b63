import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measurement } from './declaration.ts';
import { unitWiseTraining } from './unit-wise-training.ts';

const [claim, stated] = unitWiseTraining.claims;
const trial = (activation: string, damping: number, deviation: number | null, width = 512): Measurement => ({
  params: unitWiseTraining.parameters.parse({ approximation: 'unit-wise', activation, damping, width }),
  seed: 0,
  outcome: 'converged',
  metrics: { deviationFromIsotropy: deviation },
});

test('every activation must follow its curve at its best damping and widest network', () => {
  const good = [
    trial('tanh', 1e-10, 0.05),
    trial('relu', 1e-10, 0.1),
    trial('relu', 1e-12, null),
    trial('relu', 1e-10, 0.9, 64),
  ];
  assert.equal(claim!.judge(good).status, 'reproduced');
  const bad = [...good, trial('shifted-relu', 1e-10, 0.4), trial('shifted-relu', 1e-8, 0.3)];
  assert.equal(claim!.judge(bad).status, 'not reproduced');
  assert.match(claim!.judge(bad).measured, /tanh 0\.05.*relu 0\.1.*shifted-relu 0\.3/);
  assert.equal(claim!.judge([]).status, 'undecided');
});

test('the damping of Theorem 5.1 is judged between M^−1/12 and 1 alone, at the widest network', () => {
  assert.equal(stated!.judge([trial('tanh', 0.7, 0.05), trial('tanh', 0.7, 0.9, 64)]).status, 'reproduced');
  assert.equal(stated!.judge([trial('tanh', 0.7, 0.9), trial('tanh', 1e-10, 0.05)]).status, 'not reproduced');
  assert.equal(stated!.judge([trial('tanh', 0.7, null)]).status, 'not reproduced');
  // 512^(−1/12) is 0.595
  assert.equal(stated!.judge([trial('tanh', 0.59, 0.05), trial('tanh', 1, 0.05)]).status, 'undecided');
});
