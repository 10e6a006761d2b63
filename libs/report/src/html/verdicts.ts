import type { Verdict } from '@natsweep/catalogue';
import type { JudgedClaim } from '../verdicts.ts';
import { scrollable, text, type Html } from './elements.ts';

const signs: Readonly<Record<Verdict['status'], string>> = { reproduced: '✓', 'not reproduced': '✗', undecided: '?' };

/** The verdicts, told by sign and word as well as by colour. */
export function verdictsHtml(claims: readonly JudgedClaim[]): Html {
  const columns = ['Verdict', 'Claim', 'Expected', 'Measured', 'Threshold'];
  const rows = claims.map(({ claim, verdict }) => {
    const detail = verdict.detail === undefined ? '' : `<br><span class="soft">${text(verdict.detail)}</span>`;
    return (
      `<tr><td class="verdict ${verdict.status.replace(' ', '-')}">${signs[verdict.status]} ${verdict.status}</td>` +
      `<td>${text(claim.statement)}<br><span class="soft">${text(claim.source)}</span></td>` +
      `<td data-label="Expected">${text(verdict.expected)}</td>` +
      `<td data-label="Measured">${text(verdict.measured)}${detail}</td>` +
      `<td data-label="Threshold">${text(verdict.threshold)}</td></tr>`
    );
  });
  const head = columns.map((name) => `<th scope="col">${name}</th>`).join('');
  return scrollable(
    'Verdicts',
    `<table class="verdicts"><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`,
  );
}

/** "✓ 2 reproduced  ✗ 1 not reproduced" */
export function tallyHtml(claims: readonly JudgedClaim[]): Html {
  const parts = (Object.keys(signs) as Verdict['status'][]).flatMap((status) => {
    const count = claims.filter(({ verdict }) => verdict.status === status).length;
    return count === 0
      ? []
      : [`<span class="verdict ${status.replace(' ', '-')}">${signs[status]} ${count} ${status}</span>`];
  });
  return parts.length === 0 ? '' : `<p class="tally">${parts.join('')}</p>`;
}
