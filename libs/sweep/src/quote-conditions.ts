import type { Condition } from './expression.ts';

const QUOTED = 3;

/** The first conditions as a message names them: "a" and "b" and "c" and 9 more. */
export function quoteConditions(conditions: readonly Condition[]): string {
  const quoted = conditions.slice(0, QUOTED).map(({ text }) => `"${text}"`);
  const more = conditions.length - quoted.length;
  return [...quoted, ...(more > 0 ? [`${more} more`] : [])].join(' and ');
}
