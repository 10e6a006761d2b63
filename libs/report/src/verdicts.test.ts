import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim, Measurement } from '@natsweep/catalogue';
import { judge } from './verdicts.ts';

const claim: Claim = {
  id: 'counts',
  statement: 'every trial',
  source: 'a paper',
  judge: (measurements) => ({
    status: 'reproduced',
    expected: '',
    measured: String(measurements.length),
    threshold: '',
  }),
};
const ended = (outcome: string): Measurement => ({ params: {}, seed: 0, outcome, metrics: {} });

test('claims see the trials that ran to their end, diverged ones too, and no stopped one', () => {
  const [judged] = judge([claim], ['converged', 'diverged', 'step-limit', 'stopped'].map(ended));
  assert.equal(judged!.verdict.measured, '3');
});

test('with nothing but stopped trials, or a claim that throws, the verdict is undecided with the reason', () => {
  const [none] = judge([claim], [ended('stopped')]);
  assert.deepEqual([none!.verdict.status, none!.verdict.detail], ['undecided', 'no trial has run to its end yet']);
  const faulty: Claim = {
    ...claim,
    judge: () => {
      throw new Error('no such metric');
    },
  };
  const [thrown] = judge([faulty], [ended('converged')]);
  assert.equal(thrown!.verdict.status, 'undecided');
  assert.match(thrown!.verdict.detail!, /could not be judged: no such metric/);
});
