import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim, Measurement } from './declaration.ts';
import { isotropy } from './isotropy.ts';
import { unitWiseAlpha } from './unit-wise-alpha.ts';

const [blockwise, entryWise] = isotropy.claims as [Claim, Claim];
const [alphaFormula] = unitWiseAlpha.claims as [Claim];
const trial = (params: object, metrics: Measurement['metrics']): Measurement => ({
  params: isotropy.parameters.parse(params),
  seed: 0,
  outcome: 'converged',
  metrics,
});
const condition = (approximation: string, value: number, width = 512, normalisation = 'none') =>
  trial({ approximation, width, normalisation }, { condition: value });

test('both block metrics must be isotropic at the widest network', () => {
  const good = [condition('block-diagonal', 1.01), condition('unit-wise', 1.1), condition('block-diagonal', 9, 64)];
  assert.equal(blockwise.judge(good).status, 'reproduced');
  assert.equal(
    blockwise.judge([condition('block-diagonal', 1.01), condition('unit-wise', 1.3)]).status,
    'not reproduced',
  );
  assert.equal(blockwise.judge([condition('block-diagonal', 1)]).status, 'undecided');
});

test('raw and normalised inputs are judged apart: a good mean over both does not hide the worse', () => {
  const both = (value: number, inputs: string) => [
    condition('block-diagonal', value, 512, inputs),
    condition('unit-wise', value, 512, inputs),
  ];
  assert.equal(blockwise.judge([...both(1.1, 'none'), ...both(1.15, 'unit-norm')]).status, 'reproduced');
  const refuted = blockwise.judge([...both(1.3, 'none'), ...both(1, 'unit-norm')]);
  assert.equal(refuted.status, 'not reproduced');
  assert.match(refuted.measured, /inputs none: block-diagonal 1\.3 .*; inputs unit-norm: block-diagonal 1 /);
  const [layers, units] = [both(1, 'none')[0]!, both(1, 'unit-norm')[1]!];
  assert.equal(blockwise.judge([layers, units]).status, 'undecided');
});

test('entry-wise metrics must lie between 2 and the NTK, for each kind of inputs', () => {
  const group = (diagonal: number, inputs: string) => [
    condition('gradient-descent', 140, 512, inputs),
    condition('diagonal', diagonal, 512, inputs),
    condition('quasi-diagonal', 11, 512, inputs),
  ];
  assert.equal(entryWise.judge(group(30, 'none')).status, 'reproduced');
  assert.equal(entryWise.judge([...group(30, 'none'), ...group(200, 'unit-norm')]).status, 'not reproduced');
  assert.equal(entryWise.judge(group(1.5, 'none')).status, 'not reproduced');
  assert.equal(entryWise.judge([condition('diagonal', 3)]).status, 'undecided');
});

test('the α of every shift is compared with its formula', () => {
  const shifted = (activationShift: number, alpha: number) =>
    trial({ approximation: 'unit-wise', activation: 'shifted-relu', activationShift }, { alpha, alphaTheory: 100 });
  assert.equal(alphaFormula.judge([shifted(0, 101), shifted(1, 99)]).status, 'reproduced');
  assert.equal(alphaFormula.judge([shifted(0, 101), shifted(1, 95)]).status, 'not reproduced');
  assert.equal(
    alphaFormula.judge([trial({ approximation: 'exact' }, { alpha: 1, alphaTheory: 1 })]).status,
    'undecided',
  );
});
