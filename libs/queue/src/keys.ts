/** Every key that natsweep uses in Redis begins with this; BullMQ's begin with `natsweep:bull:`. */
export const prefix = 'natsweep';

export const keys = {
  /** List: commands that no scheduler has taken. */
  commands: `${prefix}:commands`,
  /** List: commands that a scheduler has taken and not answered; the next one takes them over. */
  commandsTaken: `${prefix}:commands:taken`,
  /** List of one: the answer to a command; expires. */
  reply: (commandId: string) => `${prefix}:reply:${commandId}`,
  /** Channel: trials in the hands of workers that need not be finished. */
  cancelled: `${prefix}:cancelled`,
  /** Channel: how many slots a worker is to have. */
  workerSlots: (worker: string) => `${prefix}:slots:${worker}`,
  /** Hash: sweep name → SweepSummary as JSON. */
  summaries: `${prefix}:summaries`,
  /** String: who is the active scheduler; expires when it is not renewed. */
  lease: `${prefix}:scheduler`,
  /** String: Stall as JSON, why the active scheduler does not get on; expires when it is not told again. */
  stall: `${prefix}:scheduler:stall`,
  /** Never there: what is written to it to see whether Redis takes writes is nothing. */
  probe: `${prefix}:probe`,
  /** Stream: trial records that the collector has not committed. */
  observations: `${prefix}:observations`,
  /** Set: names of the workers that have announced themselves. */
  workers: `${prefix}:workers`,
  /** Sorted set: names of the workers that vanished without signing off, by when that was noticed. */
  lostWorkers: `${prefix}:workers:lost`,
  /** String: WorkerStatus as JSON; expires when heartbeats stop. */
  worker: (worker: string) => `${prefix}:worker:${worker}`,
} as const;
