import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { SweepSpec } from '@natsweep/sweep';
import { z } from 'zod';

/** `sweeps/times.json`, written by `test/reproduction/generate.ts` from sweeps that were run to their end. */
export const sweepTimesFile = new URL('../sweeps/times.json', import.meta.url);

const sweepTime = z.strictObject({
  /** Of the normalised spec that was run: a sweep that has changed since was not measured. */
  specHash: z.string(),
  trials: z.int().positive(),
  /** What one slot would have taken for all trials. */
  slotSeconds: z.number().nonnegative(),
  /** No number of slots makes the sweep shorter than this. */
  longestTrialSeconds: z.number().nonnegative(),
  /** Processor and engine. */
  machine: z.string(),
  /** Day, as 2026-01-31. */
  date: z.string(),
});

export type SweepTime = z.infer<typeof sweepTime>;

/** By name of the recorded sweep, which ends in its size where that is not small. */
export const sweepTimes = z.record(z.string(), sweepTime);

/** What a run of exactly this sweep took, or undefined if it was never measured as it is now. */
export function measuredTime(spec: SweepSpec): SweepTime | undefined {
  const time = readSweepTimes()[spec.name];
  return time?.specHash === specHash(spec) ? time : undefined;
}

export function readSweepTimes(): Readonly<Record<string, SweepTime>> {
  return existsSync(sweepTimesFile) ? sweepTimes.parse(JSON.parse(readFileSync(sweepTimesFile, 'utf8'))) : {};
}

export function specHash(spec: SweepSpec): string {
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16);
}

/** Seconds that a measured sweep takes on so many slots as fast as those it was measured on. */
export function estimatedSeconds({ slotSeconds, longestTrialSeconds }: SweepTime, slots: number): number {
  return Math.max(longestTrialSeconds, slotSeconds / slots);
}
