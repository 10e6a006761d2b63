import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { assemble } from './assemble.ts';
import { labelValues, prometheusSource } from './prometheus-variables.ts';
import { queuePanels } from './queue-panels.ts';
import { sweepCourse, sweepTrouble } from './sweep-course.ts';
import { sweepHeadline, sweepTable } from './sweep-headline.ts';

export const sweepOverview: Dashboard = assemble({
  uid: 'natsweep-sweeps',
  title: 'natsweep / Sweep overview',
  description: 'How far sweeps are, how fast they go, what they found and what goes wrong.',
  refresh: '10s',
  variables: [prometheusSource, labelValues('sweep', 'sweepInfo', 'sweep')],
  panels: [...sweepHeadline, sweepTable, ...sweepCourse, ...sweepTrouble, ...queuePanels],
});
