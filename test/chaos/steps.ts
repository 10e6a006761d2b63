import { hash } from 'node:crypto';
import { bullScripts } from '@natsweep/queue/testing';

/**
 * A step of a trial's life, as it can be seen between a process and Redis. Steps that write are `asked` when the command is on
 * its way, and `done` when Redis has carried it out and its answer is. Steps that read are `done` when the answer is on its
 * way, and `told` when the process has it.
 */
export interface Step {
  readonly name: string;
  readonly by: 'scheduler' | 'worker';
  readonly kind: 'writes' | 'reads';
  /** Whether this command is the step. */
  readonly is: (command: Command) => boolean;
  /** Whether this answer shows that there was something to read. */
  readonly found?: (reply: string) => boolean;
  /** What must be done for the step to be taken soon. */
  readonly provoke?: 'command' | 'drain' | 'loss' | 'sweep';
}

/** A command to Redis; of one that runs a script of BullMQ also its name. */
export interface Command {
  readonly verb: string;
  readonly words: readonly string[];
  readonly script: string | undefined;
}

const scripts = bullScripts();

export function commandOf(words: readonly string[]): Command {
  const verb = (words[0] ?? '').toLowerCase();
  const sha = verb === 'evalsha' ? words[1] : verb === 'eval' ? hash('sha1', words[1] ?? '', 'hex') : undefined;
  return { verb, words, script: sha === undefined ? undefined : scripts.get(sha) };
}

const runs =
  (...names: readonly string[]) =>
  (command: Command) =>
    names.includes(command.script ?? '');
const sends = (verb: string, key: string) => (command: Command) =>
  command.verb === verb && command.words[1]?.startsWith(key) === true;
const reports = (kind: string) => (command: Command) =>
  command.verb === 'xadd' && command.words.some((word) => word.startsWith(`{"kind":"${kind}"`));

/** What a worker takes its next batch with, and the batch in the answer. */
const takesNext = runs('moveToActive', 'moveToFinished');
const batchGiven = /\$33\r\n(b[0-9a-f]{32})\r\n/;

/** The batch that the answer to a command puts into the hands of a worker. */
export function deliveredBatch(command: Command, reply: string): string | undefined {
  return takesNext(command) ? batchGiven.exec(reply)?.[1] : undefined;
}

/** Whether a worker gives a batch out of its hands: completed, failed, put off or handed back. */
export const settles = runs('moveToFinished', 'moveToDelayed', 'retryJob', 'moveJobFromActiveToWait');

/** Every step at which a process can die, in the order of a trial's life. */
export const steps: readonly Step[] = [
  {
    ...{ name: 'command taken', by: 'scheduler', kind: 'reads', provoke: 'command' },
    is: sends('blmove', 'natsweep:commands'),
    found: (reply) => reply.startsWith('$') && !reply.startsWith('$-1'),
  },
  {
    ...{ name: 'command answered', by: 'scheduler', kind: 'writes', provoke: 'command' },
    is: ({ verb }) => verb === 'exec',
  },
  { name: 'lease renewed', by: 'scheduler', kind: 'writes', is: ({ verb, words }) => isRenewal(verb, words) },
  { name: 'batches admitted', by: 'scheduler', kind: 'writes', is: runs('addStandardJob') },
  {
    ...{ name: 'batch delivered', by: 'worker', kind: 'reads' },
    is: takesNext,
    found: (reply) => batchGiven.test(reply),
  },
  {
    name: 'lock renewed',
    by: 'worker',
    kind: 'writes',
    is: ({ verb, words }) => verb === 'eval' && words[4] === 'natsweep:bull:batches:stalled',
  },
  { name: 'heartbeat sent', by: 'worker', kind: 'writes', is: sends('set', 'natsweep:worker:') },
  { name: 'observation reported', by: 'worker', kind: 'writes', is: reports('observation') },
  {
    ...{ name: 'batch completed', by: 'worker', kind: 'writes' },
    is: (command) => runs('moveToFinished')(command) && command.words.includes('completed'),
  },
  { name: 'failure reported', by: 'worker', kind: 'writes', is: reports('failed-delivery') },
  {
    ...{ name: 'failed trials kept for another attempt', by: 'worker', kind: 'writes' },
    is: (command) => writesBatch(command) && !namesTrialUnderWay(command),
  },
  {
    ...{ name: 'trial begun alone, in a batch that was lost', by: 'worker', kind: 'writes', provoke: 'loss' },
    is: (command) => writesBatch(command) && namesTrialUnderWay(command),
  },
  { name: 'attempt put off', by: 'worker', kind: 'writes', is: runs('moveToDelayed', 'retryJob') },
  {
    ...{ name: 'batch given up', by: 'worker', kind: 'writes' },
    is: (command) => runs('moveToFinished')(command) && command.words.includes('failed'),
  },
  {
    ...{ name: 'batch handed back', by: 'worker', kind: 'writes', provoke: 'drain' },
    is: runs('moveJobFromActiveToWait'),
  },
  {
    ...{ name: 'worker signed off', by: 'worker', kind: 'writes', provoke: 'drain' },
    is: sends('del', 'natsweep:worker:'),
  },
  { name: 'lost batches looked for', by: 'worker', kind: 'writes', is: runs('moveStalledJobsToWait') },
  {
    ...{ name: 'reports read', by: 'scheduler', kind: 'reads' },
    is: ({ verb }) => verb === 'xread',
    found: (reply) => reply.length > 20,
  },
  // asked: the transaction is committed, and the reports are still in the stream
  { name: 'reports acknowledged', by: 'scheduler', kind: 'writes', is: ({ verb }) => verb === 'xtrim' },
  // asked: the trials are recorded as failed, and their batch is still in the queue
  { name: 'failed batch let go', by: 'scheduler', kind: 'writes', is: runs('removeJob') },
  {
    ...{ name: 'workers counted', by: 'scheduler', kind: 'reads' },
    is: sends('smembers', 'natsweep:workers'),
  },
  { name: 'summaries published', by: 'scheduler', kind: 'writes', is: sends('hset', 'natsweep:summaries') },
  {
    ...{ name: 'sweep completed', by: 'scheduler', kind: 'writes', provoke: 'sweep' },
    is: (command) =>
      sends('hset', 'natsweep:summaries')(command) && /"state":"completed"/.test(command.words.join(' ')),
  },
];

/** The script that writes what a batch carries: KEYS its lock and its job, ARGV token and data. */
function writesBatch({ verb, words }: Command): boolean {
  return verb === 'eval' && words[3]?.startsWith('natsweep:bull:batches:') === true && words.length === 7;
}

const namesTrialUnderWay = ({ words }: Command) => /"underWay":/.test(words[6] ?? '');

/** A script of the lease that keeps it rather than frees it. */
function isRenewal(verb: string, words: readonly string[]): boolean {
  return verb === 'eval' && words[3] === 'natsweep:scheduler' && words.length === 7 && words[5] !== '';
}

/** The moments at which a step is broken into: just before it, and just after. */
export function sidesOf({ kind }: Step): readonly Side[] {
  return kind === 'writes' ? ['asked', 'done'] : ['done', 'told'];
}

export type Side = 'asked' | 'done' | 'told';
