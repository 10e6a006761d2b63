import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { assemble } from './assemble.ts';
import { queuePanels } from './queue-panels.ts';
import { heatmap, rising, stat, table, timeSeries } from './panels.ts';
import { asHeatmap, asRows, over, withExemplars } from './prometheus-query.ts';
import { labelValues, prometheusSource } from './prometheus-variables.ts';
import { buckets, growthPerSecond, overRange, perSecond, series } from './promql.ts';

const sweep = '$sweep';
const recorded = series('sweepRecorded', { sweep });
const planned = series('sweepPlanned', { sweep });
const observations = perSecond(series('sweepObservations', { sweep }));

const headline = [
  stat({
    title: 'Progress',
    description: 'Share of the planned trials that have a record, observed or failed.',
    unit: 'percentunit',
    noValue: 'no sweep',
    width: 4,
    queries: [over(`sum(${recorded}) / sum(${planned})`, 'recorded')],
  }).max(1),
  stat({
    title: 'Trials per second',
    description: 'Trials recorded per second, observed and failed.',
    unit: 'short',
    noValue: 'no sweep',
    width: 4,
    queries: [over(`sum(${growthPerSecond(recorded)})`, 'trials/s')],
  }),
  stat({
    title: 'Time left',
    description: 'The longest estimate among the chosen sweeps: remaining trials over the present rate.',
    unit: 's',
    noValue: 'unknown',
    width: 4,
    queries: [over(`max(${series('sweepEta', { sweep })})`, 'left')],
  }),
  stat({
    title: 'Best objective',
    description: 'Best value of the objective so far, one per sweep.',
    unit: 'sci',
    noValue: 'none yet',
    width: 4,
    queries: [over(series('sweepBest', { sweep }), '{{sweep}}: {{metric}}')],
  }),
  stat({
    title: 'Since the last improvement',
    description: 'Time since the objective last improved, one per sweep.',
    unit: 's',
    noValue: 'none yet',
    width: 4,
    queries: [over(`time() - ${series('sweepImproved', { sweep })}`, '{{sweep}}')],
  }),
  stat({
    title: 'Failed trials',
    description:
      'Trials recorded as failed after all their attempts. Diverged trials are results and not counted here.',
    unit: 'short',
    noValue: 'no sweep',
    width: 4,
    queries: [over(`sum(${series('sweepTrials', { sweep, state: 'failed' })})`, 'failed')],
    thresholds: rising(1, 100),
  }),
];

const sweeps = table({
  title: 'Sweeps',
  description: 'Every chosen sweep with its state, its trials and the time left.',
  unit: 'short',
  noValue: 'no sweep',
  width: 24,
  height: 7,
  queries: [
    asRows(`max by (sweep, experiment) (${series('sweepInfo', { sweep })})`),
    asRows(`max by (sweep, state) (${series('sweepState', { sweep })} == 1)`),
    asRows(`max by (sweep) (${planned})`),
    asRows(`max by (sweep) (${recorded}) / max by (sweep) (${planned})`),
    asRows(`max by (sweep) (${series('sweepTrials', { sweep, state: 'failed' })})`),
    asRows(`max by (sweep) (${series('sweepEta', { sweep })})`),
  ],
  transformations: [
    { id: 'joinByField', options: { byField: 'sweep', mode: 'outer' } },
    {
      id: 'organize',
      options: {
        includeByName: {},
        excludeByName: Object.fromEntries(
          ['Time', 'Time 1', 'Time 2', 'Time 3', 'Time 4', 'Time 5', 'Time 6', 'Value #A', 'Value #B'].map((name) => [
            name,
            true,
          ]),
        ),
        renameByName: {
          'Value #C': 'planned',
          'Value #D': 'progress',
          'Value #E': 'failed',
          'Value #F': 'time left',
        },
      },
    },
  ],
  columns: {
    progress: [
      { id: 'unit', value: 'percentunit' },
      { id: 'max', value: 1 },
      { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic' } },
    ],
    'time left': [{ id: 'unit', value: 's' }],
    sweep: [
      {
        id: 'links',
        value: [{ title: 'Results of this sweep', url: '/d/natsweep-results?var-sweep=${__value.text:percentencode}' }],
      },
    ],
  },
});

const course = [
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
    queries: [asHeatmap(`sum by (le) (${overRangeOfZoom(buckets('sweepDuration', { sweep }))})`)],
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

const trouble = [
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

function overRangeOfZoom(selector: string): string {
  return `increase(${selector}[$__rate_interval])`;
}

export const sweepOverview: Dashboard = assemble({
  uid: 'natsweep-sweeps',
  title: 'natsweep / Sweep overview',
  description: 'How far sweeps are, how fast they go, what they found and what goes wrong.',
  refresh: '10s',
  variables: [prometheusSource, labelValues('sweep', 'sweepInfo', 'sweep')],
  panels: [...headline, sweeps, ...course, ...trouble, ...queuePanels],
});
