import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Whether a request for metrics carries the bearer token that they demand; undefined: they are for everyone. */
export function mayReadMetrics({ headers }: Pick<IncomingMessage, 'headers'>, token: string | undefined): boolean {
  if (token === undefined) return true;
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`));
}

/** Whether metrics on this address are for everyone who reaches it, on other machines too: that is worth a warning. */
export function isOpenToOthers(host: string, token: string | undefined): boolean {
  return token === undefined && host !== 'localhost' && host !== '::1' && !host.startsWith('127.');
}
