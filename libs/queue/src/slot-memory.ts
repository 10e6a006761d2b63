import { totalmem } from 'node:os';

/** Asked once: every batch that ends wants to know its share. */
let machineBytes: number | undefined;

/** What each of so many slots of this machine may take: an equal share of its memory, or of its container's. */
export function slotMemoryBytes(slots: number): number {
  machineBytes ??= Math.min(process.constrainedMemory() || Infinity, totalmem());
  return machineBytes / Math.max(1, slots);
}
