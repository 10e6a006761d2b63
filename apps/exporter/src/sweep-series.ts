import type { SweepSummary } from '@natsweep/queue';
import { failures, type Outcome } from '@natsweep/sweep';

import type { SeriesSet } from './series.ts';

const states = ['running', 'paused', 'cancelled', 'completed'] as const satisfies readonly SweepSummary['state'][];
const outcomes = ['converged', 'diverged', 'step-limit', 'stopped'] as const satisfies readonly Outcome[];

/** More values of `approximation` than this end up together under `other`: labels stay bounded whatever a sweep holds. */
const maxApproximations = 12;

/** The series of one sweep. Every outcome, failure and state is there from the start, at 0. */
export function addSweep(series: SeriesSet, summary: SweepSummary): void {
  const sweep = summary.name;
  const { experiment, objective } = summary;
  series.set('sweepInfo', { sweep, experiment }, 1);
  for (const state of states) series.set('sweepState', { sweep, state }, summary.state === state ? 1 : 0);

  const { planned, admitted, observed, failed } = summary;
  const pending = Math.max(0, planned - admitted - observed - failed);
  series.set('sweepPlanned', { sweep }, planned);
  for (const [state, trials] of Object.entries({ pending, admitted, observed, failed })) {
    series.set('sweepTrials', { sweep, state }, trials);
  }
  series.set('sweepRecorded', { sweep }, observed + failed);
  for (const failure of failures) {
    series.set('sweepFailures', { sweep, failure }, summary.byFailure[failure] ?? 0);
    series.set('sweepRetries', { sweep, failure }, summary.retriesByFailure[failure] ?? 0);
  }
  series.set('sweepDuplicates', { sweep }, summary.duplicatesSuppressed);
  addApproximations(series, summary);

  if (summary.etaSeconds !== null) series.set('sweepEta', { sweep }, summary.etaSeconds);
  if (objective !== null) {
    series.set('sweepBest', { sweep, metric: objective.metric, goal: objective.goal }, objective.best);
    series.set('sweepImproved', { sweep }, objective.improvedAtMs / 1000);
  }
  series.set('sweepCreated', { sweep }, summary.createdAtMs / 1000);
  series.set('sweepUpdated', { sweep }, summary.updatedAtMs / 1000);
}

function addApproximations(series: SeriesSet, { name: sweep, byApproximation }: SweepSummary): void {
  const names = Object.keys(byApproximation).sort();
  for (const approximation of names.slice(0, maxApproximations)) {
    const finished = byApproximation[approximation];
    for (const outcome of outcomes) {
      series.set('sweepObservations', { sweep, approximation, outcome }, finished?.byOutcome[outcome] ?? 0);
    }
    if (finished !== undefined) series.setHistogram('sweepDuration', { sweep, approximation }, finished.durations);
  }
  const others = names.slice(maxApproximations).map((name) => byApproximation[name]);
  if (others.length === 0) return;
  for (const outcome of outcomes) {
    const trials = others.reduce((sum, other) => sum + (other?.byOutcome[outcome] ?? 0), 0);
    series.set('sweepObservations', { sweep, approximation: 'other', outcome }, trials);
  }
}
