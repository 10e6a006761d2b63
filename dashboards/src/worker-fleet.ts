import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { assemble } from './assemble.ts';
import { joinedTable } from './joined-table.ts';
import { rising, stat, stateTimeline, timeSeries } from './panels.ts';
import { over } from './prometheus-query.ts';
import { labelValues, prometheusSource } from './prometheus-variables.ts';
import { perSecond, series } from './promql.ts';

const worker = '$worker';
const steps = perSecond(series('slotSteps', { worker }));
const trials = perSecond(series('slotTrials', { worker }));

const headline = [
  stat({
    title: 'Workers',
    description: 'Workers with a fresh heartbeat, whichever are chosen.',
    unit: 'short',
    noValue: 'no data',
    width: 4,
    queries: [over(`max(${series('fleetWorkers')})`, 'workers')],
  }),
  stat({
    title: 'Lost workers',
    description: 'Workers that vanished in the last hour without signing off. Their batches were delivered again.',
    unit: 'short',
    noValue: 'no data',
    width: 4,
    queries: [over(`max(${series('fleetLostWorkers')})`, 'lost')],
    thresholds: rising(1, 5),
  }),
  stat({
    title: 'Busy slots',
    description: 'Slots of the chosen workers that run a trial.',
    unit: 'short',
    noValue: 'no worker',
    width: 4,
    queries: [over(`sum(${series('slotBusy', { worker })})`, 'busy')],
  }),
  stat({
    title: 'Slots in use',
    description: 'Share of the slots of the chosen workers that run a trial.',
    unit: 'percentunit',
    noValue: 'no worker',
    width: 4,
    queries: [over(`avg(${series('slotBusy', { worker })})`, 'in use')],
  }),
  stat({
    title: 'Steps per second',
    description: 'Optimisation steps per second of the chosen workers.',
    unit: 'short',
    noValue: 'no worker',
    width: 4,
    queries: [over(`sum(${steps})`, 'steps/s')],
  }),
  stat({
    title: 'Versions',
    description: 'How many versions of natsweep the workers run. More than one: update the older workers.',
    unit: 'short',
    noValue: 'no worker',
    width: 4,
    queries: [over(`count(count by (version) (${series('workerInfo')}))`, 'versions')],
    thresholds: rising(2, 3),
  }),
];

const workers = joinedTable({
  title: 'Workers',
  description: 'Every chosen worker: where it runs, its version, its slots, its heartbeat and the offset of its clock.',
  unit: 'short',
  noValue: 'no worker',
  width: 24,
  by: 'worker',
  words: [`max by (worker, host, version) (${series('workerInfo', { worker })})`],
  numbers: {
    slots: { expr: `count by (worker) (${series('slotBusy', { worker })})` },
    busy: { expr: `sum by (worker) (${series('slotBusy', { worker })})` },
    'heartbeat age': { expr: `max by (worker) (${series('workerHeartbeatAge', { worker })})`, unit: 's' },
    'clock ahead by': { expr: `max by (worker) (${series('workerClockSkew', { worker })})`, unit: 's' },
  },
});

const course = [
  stateTimeline({
    title: 'Slots',
    description: 'Each slot over time: coloured while it runs a trial, grey while it is idle.',
    unit: 'short',
    noValue: 'no worker',
    width: 24,
    queries: [over(series('slotBusy', { worker }), '{{worker}} {{slot}}')],
    thresholds: [
      { value: null, color: 'text' },
      { value: 1, color: 'blue' },
    ],
  }),
  timeSeries({
    title: 'Steps per second by worker',
    description: 'Optimisation steps per second.',
    unit: 'short',
    noValue: 'no worker',
    width: 12,
    stacked: true,
    queries: [over(`sum by (worker) (${steps})`, '{{worker}}')],
  }),
  timeSeries({
    title: 'Trials per second by worker',
    description: 'Trials finished per second.',
    unit: 'short',
    noValue: 'no worker',
    width: 12,
    stacked: true,
    queries: [over(`sum by (worker) (${trials})`, '{{worker}}')],
  }),
  timeSeries({
    title: 'GPU utilisation',
    description: 'Share of time in which the GPU of each slot was in use. CPU slots have no line.',
    unit: 'percentunit',
    noValue: 'no GPU slot',
    width: 12,
    max: 1,
    queries: [over(series('slotGpuUtilization', { worker }), '{{worker}} {{slot}}')],
  }),
  timeSeries({
    title: 'GPU memory',
    description: 'Share of the memory of each GPU that is in use. CPU slots have no line.',
    unit: 'percentunit',
    noValue: 'no GPU slot',
    width: 12,
    max: 1,
    queries: [
      over(
        `${series('slotGpuMemoryUsed', { worker })} / ${series('slotGpuMemoryTotal', { worker })}`,
        '{{worker}} {{slot}}',
      ),
    ],
    thresholds: rising(0.8, 0.95),
  }),
  timeSeries({
    title: 'Heartbeat age',
    description:
      'Time since the last heartbeat. After 15 s a worker counts as lost and its batches are delivered again.',
    unit: 's',
    noValue: 'no worker',
    width: 12,
    queries: [over(series('workerHeartbeatAge', { worker }), '{{worker}}')],
    thresholds: rising(10, 15),
  }),
  timeSeries({
    title: 'Clock offset',
    description: 'How far the clock of a worker is from the clock of Redis, without sign. Start times rest on it.',
    unit: 's',
    noValue: 'no worker',
    width: 12,
    queries: [over(`abs(${series('workerClockSkew', { worker })})`, '{{worker}}')],
    thresholds: rising(5, 60),
  }),
  timeSeries({
    title: 'Event loop of workers',
    description:
      'How late the process that holds the locks of batches is (99th percentile). Workers that serve metrics only.',
    unit: 's',
    noValue: 'no worker serves metrics',
    width: 12,
    queries: [over(`max by (worker) (${series('processEventLoopLag', { worker })})`, '{{worker}}')],
    thresholds: rising(1, 5),
  }),
  timeSeries({
    title: 'Memory of workers',
    description:
      'Memory of the process that holds the locks, without its trial processes. Workers that serve metrics only.',
    unit: 'bytes',
    noValue: 'no worker serves metrics',
    width: 12,
    queries: [over(`max by (worker) (${series('processMemory', { worker })})`, '{{worker}}')],
  }),
];

export const workerFleet: Dashboard = assemble({
  uid: 'natsweep-fleet',
  title: 'natsweep / Worker fleet',
  description: 'Who works, on what, how busy and how healthy.',
  refresh: '10s',
  variables: [prometheusSource, labelValues('worker', 'workerInfo', 'worker')],
  panels: [...headline, workers, ...course],
});
