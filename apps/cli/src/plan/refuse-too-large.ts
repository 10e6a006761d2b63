import { plural } from '@natsweep/sweep';

import { CliError, type ExitCode } from '../exit.ts';
import { formatMemory } from '../terminal/format.ts';
import type { StructuralGroup } from './groups.ts';
import type { SlotLimits } from './slot-limits.ts';

/** A group with what its trials are known to take. */
export interface SizedGroup extends Pick<StructuralGroup, 'key' | 'trials'> {
  readonly memoryBytes: number | undefined;
}

const shownGroups = 5;

/** Throws a `CliError` that names every group whose trials need more memory than any slot has. */
export function refuseTooLarge(groups: readonly SizedGroup[], limits: SlotLimits, exitCode: ExitCode): void {
  const tooLarge = groups
    .filter(({ memoryBytes = 0 }) => memoryBytes > limits.memoryBytes)
    .sort((a, b) => b.memoryBytes! - a.memoryBytes!);
  if (tooLarge.length === 0) return;
  const lines = tooLarge
    .slice(0, shownGroups)
    .map(
      ({ key, trials, memoryBytes }) => `${plural(trials, 'trial')} with ${key}: ${formatMemory(memoryBytes!)} each`,
    );
  const more = tooLarge.length > shownGroups ? [`… and ${tooLarge.length - shownGroups} more groups`] : [];
  throw new CliError(
    [
      `${plural(tooLarge.length, 'group')} of trials cannot fit ${limits.description}, which has ${formatMemory(limits.memoryBytes)}:`,
      ...lines.map((line) => `  ${line}`),
      ...more.map((line) => `  ${line}`),
      'Use fewer slots ("natsweep set slots N", "natsweep up --slots N"), exclude them with where, or use a larger machine.',
    ].join('\n'),
    exitCode,
  );
}
