import type { Report } from './build-report.ts';
import { progressSentence } from './progress-sentence.ts';
import { markdownTable, markdownText } from './table.ts';
import { verdictTable } from './verdicts.ts';

/** Verdicts and tables as GitHub-flavoured Markdown. */
export function markdownReport({ results, claims, tables, trialTables, setupTables }: Report): string {
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
  const verdicts = claims.length === 0 ? [] : [verdictTable(claims)];
  const all = [...verdicts, ...tables, ...trialTables, ...setupTables];
  return `${head.join('\n')}\n${all.map(markdownTable).join('\n')}`;
}
