import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, type ResultsStore } from '@natsweep/results';
import { buildReport, type Report } from './build-report.ts';
import { htmlReproduction } from './html/html-reproduction.ts';
import { overviewTable } from './overview-table.ts';
import { progressSentence } from './progress-sentence.ts';
import { markdownTable, markdownText } from './table.ts';
import { verdictTable } from './verdicts.ts';

export interface WriteReproductionOptions {
  readonly store: ResultsStore;
  /** Sweeps in the order of the page. */
  readonly sweeps: readonly string[];
  /** Created where it does not exist; files of an earlier page are replaced. */
  readonly directory: string;
}

export interface WrittenReproduction {
  readonly reports: readonly Report[];
  /** The page first. */
  readonly files: readonly string[];
}

/** Writes one page with all verdicts and figures: `index.html`, the same as `README.md`, and the figures as SVG. */
export async function writeReproduction({
  store,
  sweeps,
  directory,
}: WriteReproductionOptions): Promise<WrittenReproduction> {
  const reports: Report[] = [];
  for (const sweep of sweeps) reports.push(await buildReport(store, sweep));
  makeFolder(directory);
  const files: string[] = [];
  const write = (name: string, content: string) => {
    files.push(join(directory, name));
    writeFileSync(join(directory, name), content);
  };
  write('index.html', htmlReproduction(reports));
  write('README.md', markdownReproduction(reports));
  for (const { results, figures } of reports) {
    for (const { id, svg } of figures) write(`${results.sweep.name}-${id}.svg`, svg);
  }
  return { reports, files };
}

function markdownReproduction(reports: readonly Report[]): string {
  const parts = reports.map(({ results, claims, figures }) => {
    const { sweep, declaration } = results;
    return [
      `## ${markdownText(sweep.name)}`,
      '',
      `${markdownText(declaration.title)} (${markdownText(declaration.source)}). ${markdownText(progressSentence(results))}`,
      '',
      ...(claims.length === 0 ? [] : [markdownTable({ ...verdictTable(claims), title: '' })]),
      ...figures.flatMap(({ id, title, caption }) => [
        `![${markdownText(title)}](${sweep.name}-${id}.svg)`,
        '',
        markdownText(caption),
        '',
      ]),
    ].join('\n');
  });
  return `# Reproduction of the papers\n\n${markdownTable(overviewTable(reports))}\n${parts.join('\n')}`;
}
