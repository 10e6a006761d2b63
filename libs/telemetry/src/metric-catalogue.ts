/** One metric family: what exporter, dashboards and rules know of it. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly unit: 'none' | 'trials' | 'batches' | 'seconds' | 'bytes' | 'ratio' | 'timestamp';
  /** Bounded sets only: never a trial id, a parameter value or a seed. */
  readonly labels: readonly string[];
}

/**
 * Every metric of the exporter, by short name: sweeps from the scheduler's summaries, workers from their heartbeats, so
 * that a worker that cannot be reached is there all the same.
 */
export const metricCatalogue = {
  up: gauge('natsweep_up', 'Whether the exporter could read Redis (1) or not (0).', 'none', []),
  exporterInfo: gauge('natsweep_exporter_info', 'Always 1; the version is in the label.', 'none', ['version']),

  sweepsHidden: gauge(
    'natsweep_exporter_hidden_sweeps',
    'Sweeps left out because there are more than --max-sweeps.',
    'none',
    [],
  ),

  sweepInfo: gauge('natsweep_sweep_info', 'Always 1; what a sweep is about.', 'none', ['sweep', 'experiment']),
  sweepState: gauge('natsweep_sweep_state', '1 for the state that the sweep is in, 0 for the others.', 'none', [
    'sweep',
    'state',
  ]),
  sweepPlanned: gauge('natsweep_sweep_planned_trials', 'Trials in the grid of the sweep.', 'trials', ['sweep']),
  sweepTrials: gauge(
    'natsweep_sweep_trials',
    'Trials by state: pending (not queued), admitted (queued or running), observed, failed.',
    'trials',
    ['sweep', 'state'],
  ),
  sweepRecorded: gauge(
    'natsweep_sweep_recorded_trials',
    'Trials that have a record, observed or failed; fewer after failed trials were asked for again.',
    'trials',
    ['sweep'],
  ),
  sweepObservations: counter(
    'natsweep_sweep_observations_total',
    'Recorded observations by approximation and outcome.',
    'trials',
    ['sweep', 'approximation', 'outcome'],
  ),
  sweepFailures: gauge(
    'natsweep_sweep_failed_trials',
    'Trials recorded as failed, by reason; fewer after they were asked for again.',
    'trials',
    ['sweep', 'failure'],
  ),
  sweepRetries: counter(
    'natsweep_sweep_retries_total',
    'Batches delivered again, by reason; lost means that the worker vanished or stalled.',
    'batches',
    ['sweep', 'failure'],
  ),
  sweepDuplicates: counter(
    'natsweep_sweep_duplicates_suppressed_total',
    'Observations that arrived for a trial that had one already.',
    'trials',
    ['sweep'],
  ),
  sweepDuration: {
    name: 'natsweep_sweep_trial_duration_seconds',
    help: 'Duration of recorded trials; exemplars carry the trial id.',
    type: 'histogram',
    unit: 'seconds',
    labels: ['sweep', 'approximation'],
  },
  sweepEta: gauge(
    'natsweep_sweep_eta_seconds',
    'Estimated time until the sweep ends; absent while unknown.',
    'seconds',
    ['sweep'],
  ),
  sweepBest: gauge('natsweep_sweep_objective_best', 'Best objective so far; absent until there is one.', 'none', [
    'sweep',
    'metric',
    'goal',
  ]),
  sweepImproved: gauge(
    'natsweep_sweep_improved_timestamp_seconds',
    'When the best objective last improved.',
    'timestamp',
    ['sweep'],
  ),
  sweepCreated: gauge('natsweep_sweep_created_timestamp_seconds', 'When the sweep was submitted.', 'timestamp', [
    'sweep',
  ]),
  sweepUpdated: gauge(
    'natsweep_sweep_updated_timestamp_seconds',
    'When the scheduler last wrote the summary of the sweep.',
    'timestamp',
    ['sweep'],
  ),

  queueBatches: gauge('natsweep_queue_batches', 'Batches in the queue by state.', 'batches', ['state']),
  queueOldestWait: gauge(
    'natsweep_queue_oldest_wait_seconds',
    'How long the oldest waiting batch has waited; 0 while none waits.',
    'seconds',
    [],
  ),
  redisMemoryUsed: gauge('natsweep_redis_memory_used_bytes', 'Memory that Redis uses.', 'bytes', []),
  redisMemoryLimit: gauge(
    'natsweep_redis_memory_limit_bytes',
    'The maxmemory setting of Redis, or the memory of its machine where none is set.',
    'bytes',
    [],
  ),

  fleetWorkers: gauge('natsweep_fleet_workers', 'Registered workers.', 'none', []),
  fleetLostWorkers: gauge(
    'natsweep_fleet_lost_workers',
    'Workers whose heartbeats stopped in the last hour without a sign-off.',
    'none',
    [],
  ),
  fleetSlots: gauge('natsweep_fleet_slots', 'Slots of all registered workers by state.', 'none', ['state']),
  workerInfo: gauge('natsweep_worker_info', 'Always 1; where a worker runs and which version.', 'none', [
    'worker',
    'host',
    'version',
  ]),
  workerHeartbeatAge: gauge(
    'natsweep_worker_heartbeat_age_seconds',
    'Time since the last heartbeat of a worker.',
    'seconds',
    ['worker'],
  ),
  workerClockSkew: gauge(
    'natsweep_worker_clock_skew_seconds',
    'How far the clock of a worker is ahead of the clock of Redis.',
    'seconds',
    ['worker'],
  ),
  slotBusy: gauge('natsweep_slot_busy', '1 while the slot runs a trial, 0 while it is idle.', 'none', [
    'worker',
    'slot',
    'engine',
    'device',
  ]),
  slotTrials: counter('natsweep_slot_trials_total', 'Trials finished by a slot since its worker started.', 'trials', [
    'worker',
    'slot',
  ]),
  slotSteps: counter(
    'natsweep_slot_steps_total',
    'Optimisation steps made by a slot since its worker started.',
    'none',
    ['worker', 'slot'],
  ),
  slotGpuUtilization: gauge(
    'natsweep_slot_gpu_utilization_ratio',
    'Share of the last interval in which the GPU of the slot was in use.',
    'ratio',
    ['worker', 'slot'],
  ),
  slotGpuMemoryUsed: gauge('natsweep_slot_gpu_memory_used_bytes', 'GPU memory in use.', 'bytes', ['worker', 'slot']),
  slotGpuMemoryTotal: gauge('natsweep_slot_gpu_memory_total_bytes', 'GPU memory of the device.', 'bytes', [
    'worker',
    'slot',
  ]),
} as const satisfies Readonly<Record<string, Metric>>;

/**
 * What a worker's own /metrics tells of its process, as far as dashboards use it. The names are those of every Node.js
 * process; the label is added when Prometheus discovers the worker.
 */
export const processMetricCatalogue = {
  processMemory: gauge('process_resident_memory_bytes', 'Memory of the process.', 'bytes', ['worker']),
  processEventLoopLag: gauge(
    'nodejs_eventloop_lag_p99_seconds',
    'How late the event loop is; a worker that is seconds late loses the locks of its batches.',
    'seconds',
    ['worker'],
  ),
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricKey = keyof typeof metricCatalogue;

function gauge<const Name extends string, const Labels extends readonly string[]>(
  name: Name,
  help: string,
  unit: Metric['unit'],
  labels: Labels,
) {
  return { name, help, type: 'gauge', unit, labels } as const;
}

function counter<const Name extends string, const Labels extends readonly string[]>(
  name: Name,
  help: string,
  unit: Metric['unit'],
  labels: Labels,
) {
  return { name, help, type: 'counter', unit, labels } as const;
}
