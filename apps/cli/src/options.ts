import { trialIdLength } from '@natsweep/sweep';
import { InvalidArgumentError, Option } from 'commander';

/** Parses the value of an option that counts something. */
export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number, 1 or more.');
  return Number(text);
}

/** Collects the values of an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/** Collects trial ids, or beginnings of them. */
export function collectTrialIds(id: string, previous: readonly string[] = []): readonly string[] {
  if (id.length <= trialIdLength && /^t[0-9a-f]*$/.test(id)) return [...previous, id];
  throw new InvalidArgumentError(
    'Give a trial id or its beginning, such as t3f09c1: "natsweep results SWEEP" shows them.',
  );
}

/** Splits "a, b" and "a,b" into their parts. */
export function commaList(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The sizes in which a sweep that ships with natsweep can run. */
export function sizeOption(): Option {
  return new Option('--size <size>', 'small runs in minutes on 2 cores, paper has the sizes of the paper')
    .choices(['smallest', 'small', 'paper'])
    .default('small');
}

/** As `reuse: true` in the sweep file. */
export function reuseOption(): Option {
  return new Option('--reuse', 'take over what other sweeps have found of equal trials');
}

/** Where the trials of a stack run; passed on to its worker. */
export interface WorkerOptions {
  readonly slots: string;
  readonly engine: string;
}

export function slotsOption(): Option {
  return new Option(
    '--slots <where>',
    'trial processes: a number, gpu:0,1 for one on each of these GPUs, or auto: one per GPU, else one per processor',
  )
    .argParser((text) => {
      if (/^(auto|(cpu:)?[1-9]\d{0,3}|gpu:\d+(,\d+)*)$/.test(text)) return text;
      throw new InvalidArgumentError('Give a number as 4, gpu:0,1, or auto.');
    })
    .default('auto');
}

export function engineOption(): Option {
  return new Option('--engine <name>', 'what computes: auto is tfjs on a GPU and openblas on processors')
    .choices(['auto', 'openblas', 'tfjs', 'reference'])
    .default('auto');
}
