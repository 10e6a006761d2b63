import type { Claim, Measurement, Verdict } from '@natsweep/catalogue';
import type { Table } from './table.ts';
import { typeset } from './typeset.ts';

export interface JudgedClaim {
  readonly claim: Claim;
  readonly verdict: Verdict;
}

/**
 * Judges every claim on the trials that ran to their end: what a stopped trial measured is not what the claim is about. A claim that
 * throws is undecided, with the reason: one faulty claim must not cost the report.
 */
export function judge(claims: readonly Claim[], observed: readonly Measurement[]): readonly JudgedClaim[] {
  const measurements = observed.filter(({ outcome }) => outcome !== 'stopped');
  return claims.map((claim) => ({
    claim: { ...claim, statement: typeset(claim.statement), source: typeset(claim.source) },
    verdict: printed(verdictOf(claim, measurements)),
  }));
}

function printed({ status, expected, measured, threshold, detail }: Verdict): Verdict {
  return {
    status,
    ...{ expected: typeset(expected), measured: typeset(measured), threshold: typeset(threshold) },
    ...(detail === undefined ? {} : { detail: typeset(detail) }),
  };
}

function verdictOf(claim: Claim, measurements: readonly Measurement[]): Verdict {
  const nothing = { status: 'undecided', expected: '–', measured: '–', threshold: '–' } as const;
  if (measurements.length === 0) return { ...nothing, detail: 'no trial has run to its end yet' };
  try {
    return claim.judge(measurements);
  } catch (error) {
    return {
      ...nothing,
      detail: `the claim could not be judged: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

export function verdictTable(judged: readonly JudgedClaim[]): Table {
  return {
    title: 'Claims',
    note: '',
    columns: ['Claim', 'Source', 'Expected', 'Measured', 'Threshold', 'Verdict'].map((name) => ({
      name,
      align: 'left',
    })),
    rows: judged.map(({ claim, verdict }) => [
      claim.statement,
      claim.source,
      verdict.expected,
      verdict.measured,
      verdict.threshold,
      verdict.detail === undefined ? verdict.status : `${verdict.status}: ${verdict.detail}`,
    ]),
  };
}
