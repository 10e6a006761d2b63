import { joinedTable } from './joined-table.ts';
import { rising, stat } from './panels.ts';
import { over } from './prometheus-query.ts';
import { growthPerSecond, series } from './promql.ts';

const sweep = '$sweep';
const recorded = series('sweepRecorded', { sweep });
const planned = series('sweepPlanned', { sweep });

/** The chosen sweeps together, in six numbers. */
export const sweepHeadline = [
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

/** The chosen sweeps one by one. */
export const sweepTable = joinedTable({
  title: 'Sweeps',
  description: 'Every chosen sweep with its state, its trials and the time left.',
  unit: 'short',
  noValue: 'no sweep',
  width: 24,
  height: 7,
  by: 'sweep',
  words: [
    `max by (sweep, experiment) (${series('sweepInfo', { sweep })})`,
    `max by (sweep, state) (${series('sweepState', { sweep })} == 1)`,
  ],
  numbers: {
    planned: { expr: `max by (sweep) (${planned})` },
    progress: {
      expr: `max by (sweep) (${recorded}) / max by (sweep) (${planned})`,
      unit: 'percentunit',
      properties: [
        { id: 'max', value: 1 },
        { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic' } },
      ],
    },
    failed: { expr: `max by (sweep) (${series('sweepTrials', { sweep, state: 'failed' })})` },
    'time left': { expr: `max by (sweep) (${series('sweepEta', { sweep })})`, unit: 's' },
  },
  links: [{ title: 'Results of this sweep', url: '/d/natsweep-results?var-sweep=${__value.text:percentencode}' }],
});
