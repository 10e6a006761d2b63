import { totalmem } from 'node:os';

/** What each of so many slots of this machine may take: an equal share of its memory, or of its container's. */
export function slotMemoryBytes(slots: number): number {
  const limit = process.constrainedMemory();
  return (limit > 0 ? Math.min(limit, totalmem()) : totalmem()) / Math.max(1, slots);
}
