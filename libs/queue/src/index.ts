export type {
  ApproximationSummary,
  Command,
  CommandReply,
  QueueStatus,
  SlotStatus,
  SweepSummary,
  WorkerStatus,
} from './messages.ts';
