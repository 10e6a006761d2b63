export { addDuration, durationBucketsSeconds, emptyDurations } from './duration-histogram.ts';
export type { DurationExemplar, DurationHistogram } from './duration-histogram.ts';
export { createLogger, LogLevelError } from './logger.ts';
export type { Logger, LoggerOptions, LogLevel, LogScope } from './logger.ts';
export { metricCatalogue, processMetricCatalogue } from './metric-catalogue.ts';
export type { Metric, MetricKey } from './metric-catalogue.ts';
export { redactUrlCredentials } from './redaction.ts';
