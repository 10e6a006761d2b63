import {
  readStall,
  readSummaries,
  readSummary,
  type RedisConnection,
  type Stall,
  type SweepSummary,
} from '@natsweep/queue';
import { formatCount } from '@natsweep/sweep';

import { findByName } from './sweep-views.ts';
import { formatTime } from './terminal/format.ts';
import { describeProgress, percentDone, renderProgress } from './terminal/progress.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface FollowOptions {
  readonly sweep: string;
  /** Stops looking, not the sweep. */
  readonly signal: AbortSignal;
  /** How long a sweep that was only just launched may take to be told of. Default: 0. */
  readonly appearsWithinMs?: number;
}

const pollMs = 250;
const lineEveryMs = 10_000;
/** For a sweep that was launched a moment ago. */
export const appearsWithinMs = 5_000;

/**
 * Shows the progress of a sweep until it has ended, as a bar on a terminal and as a line now and then elsewhere. Resolves
 * to its last summary; to undefined when `signal` came first. Bad input if there is no such sweep.
 */
export async function followSweep(
  terminal: Terminal,
  redis: RedisConnection,
  { sweep, signal, appearsWithinMs: patienceMs = 0 }: FollowOptions,
): Promise<SweepSummary | undefined> {
  const startedAtMs = Date.now();
  const lines = progressLines(terminal);
  let state = '';
  let stalledSinceMs: number | undefined;
  while (!signal.aborted) {
    const summary = await readSummary(redis, sweep);
    if (summary === undefined && Date.now() - startedAtMs >= patienceMs) {
      findByName(await readSummaries(redis), sweep);
    }
    if (summary !== undefined) {
      if (summary.state !== state && summary.state === 'paused') terminal.note(describePause(summary));
      state = summary.state;
      if (state === 'completed' || state === 'cancelled') {
        terminal.status('');
        return summary;
      }
      const stall = await readStall(redis);
      if (stall !== undefined && stall.sinceMs !== stalledSinceMs) terminal.note(describeStall(stall));
      stalledSinceMs = stall?.sinceMs;
      if (terminal.animated) terminal.status(renderProgress(terminal, sweep, summary));
      else lines(summary);
    }
    await pause(pollMs, signal);
  }
  terminal.status('');
  return undefined;
}

/** "quickstart completed: 480 trials, of which 412 converged and 68 reached the step limit". */
export function describeEnd({ name, state, planned, observed, failed, byOutcome, byFailure }: SweepSummary): string {
  const outcomes = Object.entries(byOutcome).map(([outcome, count]) => `${formatCount(count)} ${outcome}`);
  const failures = Object.entries(byFailure).map(([failure, count]) => `${formatCount(count)} ${failure}`);
  const recorded = `${formatCount(observed + failed)} of ${formatCount(planned)} trials recorded`;
  const parts = [recorded, ...(outcomes.length > 0 ? [outcomes.join(', ')] : [])];
  if (failed > 0) parts.push(`${formatCount(failed)} failed (${failures.join(', ')})`);
  return `${name} ${state}: ${parts.join('; ')}.`;
}

/** What the user can put right while nothing is lost. */
export function describeStall({ message, sinceMs }: Stall): string {
  return `Nothing is recorded since ${formatTime(sinceMs)}: ${message} The scheduler tries again by itself; no result is lost.`;
}

function describePause({ name, stateReason }: SweepSummary): string {
  const why = stateReason === null ? '' : `: ${stateReason}`;
  return `${name} is paused${why}. "natsweep resume ${name}" lets it go on.`;
}

/** Writes a line at every tenth percent and at least every ten seconds. */
function progressLines(terminal: Terminal): (summary: SweepSummary) => void {
  let lastTenth = -1;
  let lastLineAtMs = 0;
  return (summary) => {
    const tenth = Math.floor(percentDone(summary) / 10);
    if (tenth === lastTenth && Date.now() - lastLineAtMs < lineEveryMs) return;
    lastTenth = tenth;
    lastLineAtMs = Date.now();
    terminal.note(`${summary.name}  ${describeProgress(summary)}`);
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
