import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measurement } from './declaration.ts';
import { wideTraining } from './wide-training.ts';
import { deviationShrinksWithWidth, followsIsotropicDecay, outpacesGradientDescent } from './wide-training-claims.ts';

interface Planted {
  readonly approximation: string;
  readonly width?: number;
  readonly seed?: number;
  readonly deviation?: number;
  readonly steps?: number | null;
}

const planted = ({ approximation, width = 1024, seed = 0, deviation = 0.02, steps = 8 }: Planted): Measurement => ({
  params: { ...wideTraining.parameters.parse({ approximation, width }) },
  seed,
  outcome: 'converged',
  metrics: { deviationFromTheory: deviation, stepsToLoss: steps },
});
const seeds = [0, 1, 2];

test('block-diagonal decay is judged at the widest network alone', () => {
  const wide = seeds.map((seed) => planted({ approximation: 'block-diagonal', seed, deviation: 0.03 }));
  const narrow = seeds.map((seed) => planted({ approximation: 'block-diagonal', seed, width: 256, deviation: 0.5 }));
  assert.equal(followsIsotropicDecay.judge([...wide, ...narrow]).status, 'reproduced');
  assert.equal(followsIsotropicDecay.judge(narrow).status, 'not reproduced');
  assert.match(followsIsotropicDecay.judge([...wide, ...narrow]).measured, /0\.03 ± 0 \(3 trials\) at width 1024/);
});

test('a diverged block-diagonal trial is not reproduced, no trial is undecided', () => {
  const diverged = { ...planted({ approximation: 'block-diagonal' }), metrics: { deviationFromTheory: null } };
  assert.equal(followsIsotropicDecay.judge([diverged]).status, 'not reproduced');
  assert.equal(followsIsotropicDecay.judge([planted({ approximation: 'exact' })]).status, 'undecided');
});

test('one pair in which gradient descent is as fast refutes the claim on steps', () => {
  const natural = seeds.map((seed) => planted({ approximation: 'exact', seed, steps: 8 }));
  const slow = seeds.map((seed) => planted({ approximation: 'gradient-descent', seed, steps: 80 }));
  assert.equal(outpacesGradientDescent.judge([...natural, ...slow]).status, 'reproduced');
  const tie = slow.map((m) => (m.seed === 2 ? planted({ approximation: 'gradient-descent', seed: 2, steps: 8 }) : m));
  assert.equal(outpacesGradientDescent.judge([...natural, ...tie]).status, 'not reproduced');
  const never = seeds.map((seed) => planted({ approximation: 'gradient-descent', seed, steps: null }));
  assert.match(outpacesGradientDescent.judge([...natural, ...never]).measured, /3 of 3 pairs.*in 3 pairs/);
  assert.equal(outpacesGradientDescent.judge(natural).status, 'undecided');
});

test('pairs are made within one seed and one width', () => {
  const natural = [planted({ approximation: 'exact', steps: 20, seed: 0 })];
  const otherSeed = planted({ approximation: 'gradient-descent', steps: 10, seed: 1 });
  const otherWidth = planted({ approximation: 'gradient-descent', steps: 10, width: 256 });
  assert.equal(outpacesGradientDescent.judge([...natural, otherSeed, otherWidth]).status, 'undecided');
});

test('K-FAC with a block for the biases is paired with gradient descent, but is not isotropic', () => {
  const kfac = planted({ approximation: 'kfac', steps: 90 });
  const separate = { ...kfac, params: { ...kfac.params, kfacBias: 'separate' } };
  const others = [planted({ approximation: 'gradient-descent', steps: 80 }), planted({ approximation: 'exact' })];
  assert.equal(outpacesGradientDescent.judge([...others, separate]).status, 'reproduced');
  assert.equal(outpacesGradientDescent.judge([...others, kfac]).status, 'not reproduced');
  const pi = { ...kfac, params: { ...kfac.params, kfacDamping: 'pi' } };
  assert.equal(outpacesGradientDescent.judge([...others, pi]).status, 'not reproduced');
});

test('the slope of the deviation is recovered from planted powers of the width', () => {
  const at = (power: number) =>
    seeds.flatMap((seed) =>
      [256, 1024].map((width) =>
        planted({ approximation: 'exact', seed, width, deviation: (1 + seed) * width ** power }),
      ),
    );
  assert.equal(deviationShrinksWithWidth.judge(at(-0.5)).status, 'reproduced');
  assert.match(deviationShrinksWithWidth.judge(at(-0.5)).measured, /^-0\.5 ± /);
  assert.equal(deviationShrinksWithWidth.judge(at(-0.1)).status, 'not reproduced');
  assert.equal(deviationShrinksWithWidth.judge(at(-1)).status, 'not reproduced');
  const flat = at(-0.2).map((m) => ({ ...m, params: { ...m.params, approximation: 'kfac' } }));
  const mixed = deviationShrinksWithWidth.judge([...at(-0.5), ...flat]);
  assert.equal(mixed.status, 'not reproduced', 'one rule out of line, the mean in line');
  assert.match(mixed.measured, /^-0\.35 ± /);
  assert.equal(deviationShrinksWithWidth.judge([planted({ approximation: 'exact' })]).status, 'undecided');
  const diverged = at(-0.5).map((m, i) => (i === 0 ? { ...m, metrics: { deviationFromTheory: null } } : m));
  assert.equal(deviationShrinksWithWidth.judge(diverged).status, 'not reproduced');
});

test('combinations outside the paper’s conditions are refused with the condition', () => {
  const refused: [object, RegExp][] = [
    [{ approximation: 'gradient-descent', damping: 0.1 }, /damping must be 0/],
    [{ approximation: 'kfac', classes: '0,1,2' }, /one output.*names 3/],
    [{ approximation: 'unit-wise', samples: 1000 }, /M_0 ≥ N.*M_0 = 784 and samples = 1000/],
    [{ approximation: 'exact', classes: '7,7' }, /lists a label twice: 7,7/],
    [{ approximation: 'exact', kfacDamping: 'pi' }, /forms of kfac; approximation is exact/],
    [{ approximation: 'kfac', kfacBias: 'separate' }, /needs biases: biasVariance is 0/],
  ];
  for (const [params, message] of refused)
    assert.match(wideTraining.refuse!(wideTraining.parameters.parse(params)) ?? '', message);
  assert.equal(wideTraining.refuse!(wideTraining.parameters.parse({ approximation: 'kfac', damping: 0.1 })), undefined);
});
