import type { Timing } from './linalg-peer.ts';

/** Does a piece of work so many times over; the checksum is that of the last time. */
export type Contender = (iterations: number) => Promise<Timing>;

/** A round repeats the work until it takes about this long. */
const ROUND_SECONDS = 0.05;

/** No round starts after the contenders have taken this long. */
const TASK_SECONDS = 8;

/**
 * Shortest seconds per piece of work, contender by contender. They take turns, `rounds` times or fewer where the work is long;
 * throws where their checksums differ.
 */
export async function shortestTimes(
  title: string,
  contenders: readonly Contender[],
  rounds: number,
): Promise<number[]> {
  const best: number[] = [];
  const first: Timing[] = [];
  for (const run of contenders) first.push(await run(1));
  for (const { checksum } of first)
    if (!(Math.abs(checksum / first[0]!.checksum - 1) < 1e-6))
      throw new Error(`${title}: results differ: ${first.map((timing) => timing.checksum).join(', ')}`);
  const iterations = first.map(({ seconds }) => Math.max(1, Math.round(ROUND_SECONDS / seconds)));
  const end = performance.now() + 1000 * TASK_SECONDS;
  for (let round = 0; round < rounds && (round === 0 || performance.now() < end); round++)
    for (const [i, run] of contenders.entries())
      best[i] = Math.min(best[i] ?? Infinity, (await run(iterations[i]!)).seconds);
  return best;
}

/** Seconds of the wall clock ('wall') or of the processor, all threads of this process together ('cpu'). */
export function secondsNow(clock: string): number {
  if (clock === 'wall') return performance.now() / 1000;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

export function milliseconds(seconds: number): string {
  return (1000 * seconds).toPrecision(3);
}
