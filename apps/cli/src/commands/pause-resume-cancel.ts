import { randomUUID } from 'node:crypto';

import { sendCommand } from '@natsweep/queue';

import type { Register } from '../cli.ts';
import { badInput, exitCodes } from '../exit.ts';
import { withRedis } from '../with-redis.ts';

const verbs = [
  {
    kind: 'pause',
    summary: 'hold a sweep back: running trials finish, no more start',
    effect: 'be paused; trials that run now finish and are recorded',
  },
  { kind: 'resume', summary: 'let a paused sweep go on', effect: 'go on where it stopped' },
  {
    kind: 'cancel',
    summary: 'end a sweep for good; what is recorded stays',
    effect: 'end for good; what is recorded stays',
  },
] as const;

export const registerPauseResumeCancel: Register = (program, cli, run) => {
  for (const { kind, summary, effect } of verbs) {
    program
      .command(kind)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
      .argument('<sweep>')
      .option('-n, --dry-run', 'say what would be done and do nothing')
      .action(
        run(async (sweep: string, { dryRun }: { dryRun?: boolean }) => {
          if (dryRun === true) {
            cli.terminal.print(`${sweep} would ${effect}.`);
            return exitCodes.ok;
          }
          const command = { kind, commandId: randomUUID(), sweep };
          const reply = await withRedis(cli.environment, (redis) => sendCommand(redis, command));
          if (!reply.ok) throw badInput(reply.message);
          cli.terminal.print(`${cli.terminal.style('green', '✓')} ${reply.message}`);
          return exitCodes.ok;
        }),
      );
  }
};
