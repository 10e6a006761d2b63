import type { Report } from './build-report.ts';
import { progressSentence } from './progress-sentence.ts';
import { markdownTable, markdownText } from './table.ts';
import { verdictTable } from './verdicts.ts';

/** Verdicts and tables as GitHub-flavoured Markdown. */
export function markdownReport({ results, claims, tables }: Report): string {
  const { sweep, declaration, spec } = results;
  const head = [
    `# ${markdownText(sweep.name)}`,
    '',
    markdownText(declaration.title),
    '',
    ...(spec.description === '' ? [] : [markdownText(spec.description), '']),
    markdownText(progressSentence(results)),
    '',
  ];
  const all = claims.length === 0 ? tables : [verdictTable(claims), ...tables];
  return `${head.join('\n')}\n${all.map(markdownTable).join('\n')}`;
}
