export interface Requirement {
  readonly what: string;
  readonly measured: number;
  /** What `measured` is to reach, or not to exceed. */
  readonly limit: { readonly least: number } | { readonly most: number };
  /** E.g. `×`, `MiB`. */
  readonly unit: string;
}

/** A benchmark ends with this status if it misses a limit, and with 1 if it could not measure. */
export const missedStatus = 3;

/**
 * What was required, what was measured, and whether it is met, as a Markdown table. One miss, and the process will end with
 * `missedStatus`.
 */
export function verdictTable(requirements: readonly Requirement[]): string {
  const rows = requirements.map(({ what, measured, limit, unit }) => {
    const met = 'least' in limit ? measured >= limit.least : measured <= limit.most;
    if (!met) process.exitCode ||= missedStatus;
    const bound = 'least' in limit ? `≥ ${limit.least}` : `≤ ${limit.most}`;
    return `| ${what} | ${round(measured)} ${unit} | ${bound} ${unit} | ${met ? 'met' : '**MISSED**'} |`;
  });
  return ['| | measured | limit | |\n|---|--:|--:|---|', ...rows].join('\n');
}

function round(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(value >= 1000 ? 5 : 3))) : 'not measured';
}
