/** One thing that natsweep needs or can use, as it was found on this machine. */
export interface Check {
  readonly name: string;
  /** `missing` stops natsweep from working, `absent` only leaves out what it would add. */
  readonly status: 'ok' | 'absent' | 'missing';
  /** What was found, or why it does not work. */
  readonly found: string;
  /** What to do; undefined where nothing need be done. */
  readonly fix?: string;
}

export function ok(name: string, found: string): Check {
  return { name, status: 'ok', found };
}
