import { z } from 'zod';
import { describeIssue, show } from './issue.ts';
import { nearest } from './nearest.ts';
import type { KeyPath } from './problem.ts';
import { sweepFile } from './sweep-file.ts';
import type { PlacedFault } from './yaml-source.ts';

/** What is wrong, at a path of the sweep file; at the key itself or (default) at its value. */
export interface FileFault extends PlacedFault {
  readonly path: KeyPath;
  readonly at?: 'key' | 'value';
}

/** More issues than are ever told: a long list of wrong values has one for each. */
const DESCRIBED_ISSUES = 2000;

/** The issues of `sweepFile` over a file's value, in plain English, with the nearest valid keys. */
export function schemaFaults(issues: readonly z.core.$ZodIssue[], value: unknown): readonly FileFault[] {
  return issues.slice(0, DESCRIBED_ISSUES).flatMap((issue) => faultsOf(issue, [], value));
}

function faultsOf(issue: z.core.$ZodIssue, prefix: KeyPath, value: unknown): readonly FileFault[] {
  const path = [...prefix, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') {
    const valid = keysAt(path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key; expected one of ${valid.join(', ')}`,
      suggestion: nearest(key, valid),
      at: 'key',
    }));
  }
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.find(
      (branch) => !branch.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
    );
    if (inner !== undefined) return inner.flatMap((nested) => faultsOf(nested, path, value));
    return [{ path, message: unionMessage(path, valueAt(value, path)) }];
  }
  const fault = describeIssue(issue, valueAt(value, path));
  if (issue.code !== 'too_big' || path.at(-1) !== 'where') return [{ path, ...fault }];
  const message = `${fault.message}; join conditions with && or ||, name many values with "in", or split the sweep`;
  return [{ path, ...fault, message }];
}

function unionMessage(path: KeyPath, value: unknown): string {
  if (path.at(-2) === 'axes') {
    return 'expected a list of values or one of { values | linspace | logspace | range: … }; one fixed value goes under fixed';
  }
  if (path[0] === 'where') return 'expected a condition such as "depth > 3", or a list of conditions';
  return `expected a finite number, text, true or false, not ${show(value)}`;
}

function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}

/** The keys that the schema allows in the mapping at a path. */
function keysAt(path: KeyPath): readonly string[] {
  const schema = path.reduce<z.core.$ZodType | undefined>((inner, key) => {
    const mapping = mappingIn(inner);
    return mapping instanceof z.ZodObject ? mapping.shape[String(key)] : mapping?.valueType;
  }, sweepFile);
  const mapping = mappingIn(schema);
  return mapping instanceof z.ZodObject ? Object.keys(mapping.shape) : [];
}

function mappingIn(schema: z.core.$ZodType | undefined): z.ZodObject | z.ZodRecord | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return mappingIn(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.map(mappingIn).find((mapping) => mapping !== undefined);
  return schema instanceof z.ZodObject || schema instanceof z.ZodRecord ? schema : undefined;
}
