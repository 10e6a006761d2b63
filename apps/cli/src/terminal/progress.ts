import { formatCount, plural } from '@natsweep/sweep';

import { formatDuration, formatRate } from './format.ts';
import { displayWidth, type Terminal } from './terminal.ts';

export interface Progress {
  readonly planned: number;
  readonly observed: number;
  readonly failed: number;
  /** 0 while unknown. */
  readonly trialsPerSecond: number;
  /** null while unknown. */
  readonly etaSeconds: number | null;
}

const widestBar = 40;

/** Percentage done, rounded down so that 100 % means done. */
export function percentDone({ planned, observed, failed }: Progress): number {
  return planned === 0 ? 100 : Math.floor((100 * (observed + failed)) / planned);
}

/** What is left to say beside the bar: counts, rate, time left, failures. */
export function describeProgress(progress: Progress): string {
  const { planned, observed, failed, trialsPerSecond, etaSeconds } = progress;
  const done = observed + failed;
  return [
    `${String(percentDone(progress)).padStart(3)}%`,
    `${formatCount(done)}/${plural(planned, 'trial')}`,
    ...(trialsPerSecond > 0 ? [formatRate(trialsPerSecond)] : []),
    ...(etaSeconds !== null && done < planned ? [`${formatDuration(Math.max(1, Math.round(etaSeconds)))} left`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
  ].join('  ');
}

/** One line with a bar, as wide as the terminal allows. */
export function renderProgress(terminal: Terminal, label: string, progress: Progress): string {
  const text = describeProgress(progress);
  const free = terminal.columns() - displayWidth(label) - displayWidth(text) - 5;
  if (free < 10) return `${label}  ${text}`;
  const width = Math.min(widestBar, free);
  const filled = Math.floor((width * percentDone(progress)) / 100);
  const bar = terminal.style('green', '━'.repeat(filled)) + terminal.style('dim', '─'.repeat(width - filled));
  return `${label}  ${bar}  ${text}`;
}
