import { heatmap, timeSeries } from './panels.ts';
import { asHeatmap, over, withExemplars } from './prometheus-query.ts';
import { buckets, increase, overRange, perSecond, series } from './promql.ts';

const sweep = '$sweep';
const observations = perSecond(series('sweepObservations', { sweep }));

/** What the chosen sweeps found, and how long it took. */
export const sweepCourse = [
  timeSeries({
    title: 'Trials by state',
    description: 'Pending: not queued yet. Admitted: queued or running. Observed and failed: recorded.',
    unit: 'short',
    noValue: 'no sweep',
    width: 12,
    stacked: true,
    queries: [over(`sum by (state) (${series('sweepTrials', { sweep })})`, '{{state}}')],
  }),
  timeSeries({
    title: 'Observations by approximation',
    description: 'Trials observed per second, by Fisher approximation.',
    unit: 'short',
    noValue: 'no sweep',
    width: 12,
    stacked: true,
    queries: [over(`sum by (approximation) (${observations})`, '{{approximation}}')],
  }),
  timeSeries({
    title: 'Outcomes',
    description: 'Trials observed in the time range, by how they ended.',
    unit: 'short',
    noValue: 'no sweep',
    width: 12,
    queries: [over(`sum by (outcome) (${series('sweepObservations', { sweep })})`, '{{outcome}}')],
  }),
  timeSeries({
    title: 'Best objective',
    description: 'Best value so far over time. A flat line for long means that more trials bring little.',
    unit: 'sci',
    noValue: 'none yet',
    width: 12,
    queries: [over(series('sweepBest', { sweep }), '{{sweep}}: {{metric}}')],
  }),
  heatmap({
    title: 'Trial durations',
    description: 'How long trials took. Points are single trials; they lead to the trial.',
    unit: 's',
    noValue: 'no trial yet',
    width: 12,
    queries: [asHeatmap(`sum by (le) (${increase(buckets('sweepDuration', { sweep }))})`)],
  }),
  timeSeries({
    title: 'Median and 95th percentile of the duration',
    description:
      'By approximation, over all trials of the time range. Points are single trials; they lead to the trial.',
    unit: 's',
    noValue: 'no trial yet',
    width: 12,
    queries: [0.5, 0.95].map((quantile) => {
      const rates = overRange(buckets('sweepDuration', { sweep }));
      const expr = `histogram_quantile(${quantile}, sum by (le, approximation) (${rates}))`;
      return withExemplars(expr, `{{approximation}} p${quantile * 100}`);
    }),
  }),
];

/** What went wrong. */
export const sweepTrouble = [
  timeSeries({
    title: 'Failed trials by reason',
    description: 'Trials given up after all their attempts.',
    unit: 'short',
    noValue: 'no sweep',
    width: 8,
    queries: [over(`sum by (failure) (${series('sweepFailures', { sweep })})`, '{{failure}}')],
  }),
  timeSeries({
    title: 'Deliveries repeated, by reason',
    description: 'Batches delivered again. Lost: the worker vanished or stalled.',
    unit: 'short',
    noValue: 'no sweep',
    width: 8,
    queries: [over(`sum by (failure) (${series('sweepRetries', { sweep })})`, '{{failure}}')],
  }),
  timeSeries({
    title: 'Duplicates suppressed',
    description:
      'Observations that arrived for a trial that had one. Each was recorded once; many hint at lost workers.',
    unit: 'short',
    noValue: 'no sweep',
    width: 8,
    queries: [over(`sum by (sweep) (${series('sweepDuplicates', { sweep })})`, '{{sweep}}')],
  }),
];
