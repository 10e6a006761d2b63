import { pino } from 'pino';

/**
 * What a log says of an error: type, message, code and stack, with its causes. Nothing else that an error carries: that of a
 * Redis client holds the command that failed with all its words, and the command may have been a login.
 */
export function describeError(error: unknown): object | string {
  if (!(error instanceof Error)) return String(error);
  const { type, message, stack } = pino.stdSerializers.err(error);
  const { code } = error as { code?: unknown };
  return { type, message, stack, ...(typeof code === 'string' && { code }) };
}
