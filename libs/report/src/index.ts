export { buildReport, metricTables, type Report } from './build-report.ts';
export type { RenderedFigure } from './figures/frame.ts';
export { renderPng } from './png.ts';
export { loadSweepResults, UnknownSweepError, type RecordedMeasurement, type SweepResults } from './sweep-results.ts';
export { markdownTable, type Column, type Table } from './table.ts';
export { judge, verdictTable, type JudgedClaim } from './verdicts.ts';
export { writeReport, type ReportFormat, type WriteReportOptions, type WrittenReport } from './write-report.ts';
export { compareTrials, type ComparedValue, type CompareOptions, type Comparison } from './compare.ts';
export { compareSweeps, ComparisonError, type ComparedSweeps, type CompareSweepsOptions } from './compare-sweeps.ts';
