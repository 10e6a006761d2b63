import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Home } from './home.ts';

/** Sweeps over wide networks that a condition of Karakida & Osawa 2020 rules out, and what must be said of them. */
const ruledOut: readonly (readonly [what: string, lines: string, message: RegExp])[] = [
  [
    'K-FAC for several outputs',
    "fixed: { classes: '0,1,2' }\naxes: { approximation: [exact, kfac] }",
    /kfac is defined for one output.*4\.3.*classes names 3 \(at approximation kfac\)/,
  ],
  [
    'more samples than inputs for K-FAC',
    'fixed: { approximation: kfac }\naxes: { samples: [100, 1000] }',
    /kfac needs M_0 ≥ N.*4\.3.*M_0 = 784 and samples = 1000 \(at samples 1000\)/,
  ],
  [
    'samples that must be linearly dependent for the unit-wise metric',
    'fixed: { approximation: unit-wise, dataset: gaussian, inputDimension: 20 }\naxes: { samples: [10, 21] }',
    /unit-wise needs M_0 ≥ N, linearly independent inputs.*M_0 = 20 and samples = 21/,
  ],
  [
    'a Σ that is not symmetric',
    "fixed: { approximation: layer-wise, depth: 2 }\naxes: { coupling: ['1,0;0,1', '1,0.5;0.4,1'] }",
    /coupling must be symmetric.*eq\. 15.*row 1/,
  ],
  [
    'a singular Σ whose kernel is not orthogonal to 1_L',
    "fixed: { approximation: layer-wise, depth: 2 }\naxes: { coupling: ['1,1;1,1', '1,0;0,0'] }",
    /coupling is singular and its kernel is not orthogonal to 1_L.*Theorem 4\.1.*at coupling 1,0;0,0/,
  ],
  [
    'a Σ for which no positive learning rate converges',
    "fixed: { approximation: layer-wise, depth: 2 }\naxes: { coupling: ['1,0;0,1', '-1,0;0,-1'] }",
    /α = 1ᵀΣ⁻¹1 is -2.*Corollary 4\.2/,
  ],
];

test('sweeps outside the conditions of the theory are refused with the condition before anything is queued', async (t) => {
  const home = new Home(t);
  for (const [what, lines, message] of ruledOut)
    for (const command of ['plan', 'launch']) {
      const file = home.write('sweep.yaml', `name: s\nexperiment: wide-training\n${lines}\n`);
      const { code, stdout, stderr } = await home.natsweep(command, file);
      assert.equal(code, 2, `${command}, ${what}: ${stdout}`);
      assert.match(stderr, message, what);
      assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    }
  assert.equal(home.has('.natsweep'), false);
});
