import type { RowQuery, Selection } from '@natsweep/results';
import { nearest, parameterTypes, type Parameters, type ParameterValue } from '@natsweep/sweep';

import { badInput } from '../exit.ts';
import type { RecordedSweep } from './recorded-sweep.ts';

/**
 * Selects trials by conditions that must all hold: PARAMETER=VALUE, or an expression in the language of a sweep's `where`
 * over parameters and metrics, such as "depth > 3 && finalTrainLoss < 1e-3".
 */
export function parseSelection(conditions: readonly string[], sweep: RecordedSweep): Selection {
  const equalities = conditions.filter(isEquality);
  const expressions = conditions.filter((condition) => !isEquality(condition));
  return {
    ...(equalities.length > 0 && { where: parseEqualities(equalities, sweep) }),
    ...(expressions.length > 0 && { filter: allOf(expressions) }),
  };
}

function allOf(expressions: readonly string[]): string {
  return expressions.length === 1 ? expressions[0]! : expressions.map((expression) => `(${expression})`).join(' && ');
}

/** One "=" that is no part of "==", "!=", "<=" or ">=". */
export function isEquality(condition: string): boolean {
  return /^[^=<>!&|]*=[^=<>!&|]*$/.test(condition);
}

/** PARAMETER=VALUE by the types of the experiment's parameters. */
export function parseEqualities(equalities: readonly string[], sweep: RecordedSweep): Parameters {
  return Object.fromEntries(equalities.map((equality) => parseEquality('--where', equality, sweep)));
}

export function parseEquality(option: string, equality: string, sweep: RecordedSweep): [string, ParameterValue] {
  const [given = '', text = ''] = equality.split('=').map((part) => part.trim());
  if (!isEquality(equality) || text === '')
    throw badInput(`${option} ${equality}: write PARAMETER=VALUE, e.g. depth=3`);
  const name = requireKnown(option, given, Object.keys(sweep.declaration.parameters.shape));
  return [name, parseParameterValue(`${option} ${equality}`, { name, text }, sweep)];
}

/** A value of a parameter, given in `place`, refused if the experiment does not accept it. */
export function parseParameterValue(
  place: string,
  { name, text }: { readonly name: string; readonly text: string },
  { declaration }: RecordedSweep,
): ParameterValue {
  const { type, check } = parameterTypes(declaration).get(name)!;
  const value = parseValue(text, type);
  const fault = check(value);
  if (fault === undefined) return value;
  const hint = fault.suggestion === undefined ? '' : `; did you mean ${fault.suggestion}?`;
  throw badInput(`${place}: ${fault.message}${hint}`);
}

/**
 * "finalTrainLoss" or "-finalTrainLoss" (descending): a metric, a parameter, index, seed, elapsedSeconds or
 * peakMemoryBytes.
 */
export function parseSort(text: string, sweep: RecordedSweep): Pick<RowQuery, 'orderBy' | 'descending'> {
  const descending = text.startsWith('-');
  const name = descending ? text.slice(1) : text;
  const metrics = metricNames(sweep);
  const parameters = Object.keys(sweep.declaration.parameters.shape);
  const columns = ['index', 'seed', 'elapsedSeconds', 'peakMemoryBytes'];
  const key = requireKnown('--sort', name, [...metrics, ...parameters, ...columns]);
  const orderBy = metrics.includes(key) ? `metrics.${key}` : parameters.includes(key) ? `params.${key}` : key;
  return { orderBy, descending };
}

export function parseParameterNames(option: string, names: readonly string[], { declaration }: RecordedSweep) {
  return names.map((name) => requireKnown(option, name, Object.keys(declaration.parameters.shape)));
}

export function parseMetricNames(option: string, names: readonly string[], sweep: RecordedSweep) {
  return names.map((name) => requireKnown(option, name, metricNames(sweep)));
}

/** The objective first, then in the order of the declaration. */
export function metricNames({ declaration, spec }: RecordedSweep): readonly string[] {
  const names = Object.keys(declaration.metrics);
  const objective = spec.objective?.metric;
  return objective === undefined ? names : [objective, ...names.filter((name) => name !== objective)];
}

function requireKnown(option: string, name: string, known: readonly string[]): string {
  if (known.includes(name)) return name;
  const near = nearest(name, known);
  throw badInput(
    `${option} ${name}: ${near === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${near}?`}`,
  );
}

function parseValue(text: string, type: 'number' | 'string' | 'boolean' | 'any'): ParameterValue {
  if ((type === 'number' || type === 'any') && !Number.isNaN(Number(text))) return Number(text);
  if ((type === 'boolean' || type === 'any') && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
