import type { z } from 'zod';
import { nearest } from './nearest.ts';

/** What is wrong with a value, without its place. */
export interface Fault {
  readonly message: string;
  readonly suggestion?: string;
}

/** A zod issue in plain English. `input` is the value that the issue is about. */
export function describeIssue(issue: z.core.$ZodIssue, input: unknown): Fault {
  switch (issue.code) {
    case 'invalid_value': {
      const values = issue.values.map(String);
      const suggestion = typeof input === 'string' ? nearest(input, values) : undefined;
      const list = values.length > 12 ? `${values.slice(0, 12).join(', ')}, …` : values.join(', ');
      const message =
        values.length === 1 ? `expected ${list}, not ${show(input)}` : `${show(input)} is not one of ${list}`;
      return suggestion === undefined ? { message } : { message, suggestion };
    }
    case 'invalid_type':
      if (input === undefined) return { message: `missing; expected ${article(issue.expected)}` };
      return { message: `expected ${article(issue.expected)}, not ${show(input)}` };
    case 'too_small':
      return {
        message: `expected ${bound(issue.origin, issue.minimum, issue.inclusive ? 'at least' : 'more than')}, not ${show(input)}`,
      };
    case 'too_big':
      return {
        message: `expected ${bound(issue.origin, issue.maximum, issue.inclusive ? 'at most' : 'less than')}, not ${Array.isArray(input) ? input.length : show(input)}`,
      };
    case 'not_multiple_of':
      return { message: `expected a multiple of ${issue.divisor}, not ${show(input)}` };
    default:
      return { message: issue.message };
  }
}

function bound(origin: string, limit: number | bigint, relation: string): string {
  if (origin === 'string') return `${relation} ${limit} characters`;
  if (origin === 'array') return Number(limit) === 1 ? 'at least one value' : `${relation} ${limit} values`;
  return `a number of ${relation} ${limit}`.replace('of more', 'more').replace('of less', 'less');
}

const names: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a finite number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
};

function article(expected: string): string {
  return names[expected] ?? expected;
}

/** A value as an error message shows it: short, on one line. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return Array.isArray(value) ? (value.length === 0 ? 'an empty list' : 'a list') : 'a mapping';
}
