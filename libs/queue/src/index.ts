export { resolveRedis, type RedisAddress, type ResolveRedisOptions } from './address.ts';
export { onCancelled, sendCancelled, type Cancelled } from './cancelled.ts';
export {
  batchId,
  exhaustsEverySlot,
  isRetryable,
  type BatchData,
  type FailedBatch,
  type FailureCause,
  type TrialFailure,
} from './batch-data.ts';
export { BatchQueue } from './batch-queue.ts';
export { BatchWorker, type BatchWorkerOptions, type Delivery, type DeliveryOutcome } from './batch-worker.ts';
export {
  answerCommand,
  sendCommand,
  takeCommand,
  unansweredCommands,
  type OnUnreadable,
  type SendCommandOptions,
} from './commands.ts';
export { connect, type ConnectOptions, type RedisConnection } from './connection.ts';
export { LockLostError, NoSchedulerError, RedisUnavailableError } from './errors.ts';
export { Lease, LeaseLostError, longestLeaseMs } from './lease.ts';
export { longestLockMs } from './lock-renewal.ts';
export type {
  ApplyCommand,
  ApproximationSummary,
  CancelTrialsCommand,
  Command,
  CommandReply,
  Facts,
  QueueStatus,
  RetryCommand,
  ShareCommand,
  SlotStatus,
  SweepShare,
  SweepSummary,
  WorkerStatus,
} from './messages.ts';
export { startPrivateRedis, stopPrivateRedis, type PrivateRedis } from './private-redis.ts';
export { readQueueStatus } from './queue-status.ts';
export {
  ReportReader,
  ReportSender,
  streamStart,
  type FailedDelivery,
  type Report,
  type ReportPage,
} from './report-stream.ts';
export { slotMemoryBytes } from './slot-memory.ts';
export { endStall, readStall, tellStall, type Stall } from './stall.ts';
export { readSummaries, readSummary, writeSummaries } from './summaries.ts';
export {
  heartbeat,
  expireStrandedWorkers,
  readFleet,
  readWorkers,
  signOff,
  workerExpiryMs,
  type Fleet,
  type WorkerEntry,
} from './workers.ts';
export { onSlotsRequest, requestSlots, type RequestSlotsOptions } from './worker-slots.ts';
