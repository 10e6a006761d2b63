import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, type ResultsStore } from '@natsweep/results';
import { buildReport, type Report } from './build-report.ts';
import { htmlReport } from './html/html-report.ts';
import { markdownReport } from './markdown-report.ts';
import { renderPng } from './png.ts';

export type ReportFormat = 'html' | 'md' | 'svg' | 'png';

export interface WriteReportOptions {
  readonly store: ResultsStore;
  readonly sweep: string;
  /** Created where it does not exist; files of an earlier report are replaced. */
  readonly directory: string;
  readonly formats: readonly ReportFormat[];
}

export interface WrittenReport {
  readonly report: Report;
  /** Paths of the files, in the order in which they were written. */
  readonly files: readonly string[];
}

/** Writes a sweep's report. Throws `UnknownSweepError`, and the system's error where the folder cannot be written. */
export async function writeReport({ store, sweep, directory, formats }: WriteReportOptions): Promise<WrittenReport> {
  const report = await buildReport(store, sweep);
  const files: string[] = [];
  const write = (name: string, content: string | Uint8Array) => {
    const file = join(directory, name);
    writeFileSync(file, content);
    files.push(file);
  };
  makeFolder(directory);
  if (formats.includes('html')) write(`${sweep}.html`, htmlReport(report));
  if (formats.includes('md')) write(`${sweep}.md`, markdownReport(report));
  for (const figure of [...report.figures, ...report.exploring]) {
    if (formats.includes('svg')) write(`${sweep}-${figure.id}.svg`, figure.svg);
    if (formats.includes('png')) write(`${sweep}-${figure.id}.png`, renderPng(figure.svg));
  }
  return { report, files };
}
