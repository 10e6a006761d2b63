import type { RedisConnection } from './connection.ts';

/** KEYS: any. ARGV: longest time to live in ms, the one to set in its place. */
const shorten = `
  for _, key in ipairs(KEYS) do
    if redis.call('PTTL', key) > tonumber(ARGV[1]) then redis.call('PEXPIRE', key, ARGV[2]) end
  end
`;

/**
 * Redis counts expiry by its wall clock: when that is set back by an hour, what would have expired lives an hour longer. A
 * key that has more than `longestMs` left gets a third of it, in which its holder, if it lives, renews it.
 */
export async function shortenExpiries(
  connection: RedisConnection,
  keys: readonly string[],
  longestMs: number,
): Promise<void> {
  await connection.eval(shorten, keys.length, ...keys, longestMs, Math.ceil(longestMs / 3));
}
