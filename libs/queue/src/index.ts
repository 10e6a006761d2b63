export type { Command, CommandReply, SlotStatus, SweepSummary, WorkerStatus } from './messages.ts';
