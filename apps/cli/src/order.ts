import { randomUUID } from 'node:crypto';

import { sendCommand, type Command } from '@natsweep/queue';

import type { Cli } from './cli.ts';
import { badInput } from './exit.ts';
import { withRedis } from './with-redis.ts';

/** A command before it has an id. Distributes over the union, so that each kind keeps its own fields. */
export type Order = Command extends infer Kind ? (Kind extends Command ? Omit<Kind, 'commandId'> : never) : never;

/** Has the scheduler carry out a command. Returns its answer; a refusal, such as a name that is taken, is bad input. */
export async function order({ environment }: Pick<Cli, 'environment'>, wanted: Order): Promise<string> {
  const command = { ...wanted, commandId: randomUUID() } as Command;
  const reply = await withRedis(environment, (redis) => sendCommand(redis, command));
  if (!reply.ok) throw badInput(reply.message);
  return reply.message;
}

/** Has it carried out and prints the answer. */
export async function orderAndSay(cli: Cli, wanted: Order): Promise<void> {
  const answer = await order(cli, wanted);
  cli.terminal.print(`${cli.terminal.style('green', '✓')} ${answer}`);
}
