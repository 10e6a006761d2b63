import { rising, timeSeries } from './panels.ts';
import { over } from './prometheus-query.ts';
import { series } from './promql.ts';

/** The queue and its Redis; over all sweeps, whichever are chosen. */
export const queuePanels = [
  timeSeries({
    title: 'Batches in the queue (all sweeps)',
    description:
      'Waiting for a slot, active on one, or delayed until their next attempt. The queue is kept short on purpose.',
    unit: 'short',
    noValue: 'no data',
    width: 8,
    stacked: true,
    queries: [over(`sum by (state) (${series('queueBatches')})`, '{{state}}')],
  }),
  timeSeries({
    title: 'Oldest wait (all sweeps)',
    description: 'How long the oldest waiting batch has waited for a slot. It grows when there are no free workers.',
    unit: 's',
    noValue: 'no data',
    width: 8,
    queries: [over(`max(${series('queueOldestWait')})`, 'oldest wait')],
  }),
  timeSeries({
    title: 'Memory of Redis',
    description: 'Share of the memory that Redis may use. When it is full, nothing can be queued or reported.',
    unit: 'percentunit',
    noValue: 'no data',
    width: 8,
    max: 1,
    queries: [over(`max(${series('redisMemoryUsed')} / ${series('redisMemoryLimit')})`, 'used')],
    thresholds: rising(0.7, 0.9),
  }),
];
