import { randomUUID } from 'node:crypto';

import { sendCommand, type Command, type Facts } from '@natsweep/queue';

import type { Cli } from './cli.ts';
import { badInput } from './exit.ts';
import { withRedis } from './with-redis.ts';

/** A command before it has an id. Distributes over the union, so that each kind keeps its own fields. */
export type Order = Command extends infer Kind ? (Kind extends Command ? Omit<Kind, 'commandId'> : never) : never;

/** What a command has done or would do: a sentence for people, the same for programs. */
export interface Answer {
  readonly message: string;
  readonly facts: Facts;
}

/** What every command that changes something takes. */
export interface ChangeOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Has the scheduler carry out a command. Returns its answer; a refusal, such as a name that is taken, is bad input. */
export async function order({ terminal, environment }: Cli, wanted: Order): Promise<Answer> {
  // the queue passes no such name on, and nobody would answer
  if ('sweep' in wanted && !/^.{1,200}$/s.test(wanted.sweep))
    throw badInput(`There is no sweep named "${wanted.sweep}".`);
  const onWork = () => terminal.status('The scheduler has the command and is at work on it …');
  const command = { ...wanted, commandId: randomUUID() } as Command;
  const reply = await withRedis(environment, (redis) => sendCommand(redis, command, { onWork }));
  if (!reply.ok) throw badInput(reply.message);
  return reply;
}

/** Prints what was done, or what a dry run has found. */
export function say({ terminal }: Pick<Cli, 'terminal'>, answer: Answer, options: ChangeOptions): void {
  if (options.json === true) terminal.json(factsOf(answer, options));
  else terminal.print(options.dryRun === true ? answer.message : `${terminal.style('green', '✓')} ${answer.message}`);
}

/** As JSON says it: a dry run says that it was one. */
export function factsOf({ facts }: Answer, { dryRun }: ChangeOptions): object {
  return { ...facts, ...(dryRun === true && { dryRun }) };
}
