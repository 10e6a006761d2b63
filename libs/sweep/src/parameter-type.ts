import { z } from 'zod';
import type { ExperimentContract } from './contract.ts';
import { describeIssue, type Fault } from './issue.ts';
import type { ParameterValue } from './trial.ts';

/** One parameter as the planner sees it. */
export interface ParameterType {
  readonly type: 'number' | 'string' | 'boolean' | 'any';
  readonly integer: boolean;
  /** The values of an enumeration; empty for any other type. */
  readonly choices: readonly unknown[];
  /** Filled in where a sweep says nothing; undefined if every sweep must give the parameter. */
  readonly default: ParameterValue | undefined;
  /** One line of the declaration; empty if it has none. */
  readonly description: string;
  /** What is wrong with a value, or undefined if the experiment accepts it. */
  check(value: unknown): Fault | undefined;
}

const known = new WeakMap<ExperimentContract, ReadonlyMap<string, ParameterType>>();

/** The experiment's parameters in their declared order. */
export function parameterTypes(experiment: ExperimentContract): ReadonlyMap<string, ParameterType> {
  let types = known.get(experiment);
  if (types === undefined) {
    types = new Map(Object.keys(experiment.parameters.shape).map((name) => [name, parameterType(experiment, name)]));
    known.set(experiment, types);
  }
  return types;
}

function parameterType(experiment: ExperimentContract, name: string): ParameterType {
  const field = experiment.parameters.shape[name] as z.ZodType;
  const schema = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' });
  const filled = field.safeParse(undefined);
  return {
    type: valueType(schema),
    integer: schema.type === 'integer',
    choices: schema.enum ?? [],
    description: schema.description ?? '',
    default: filled.success ? (filled.data as ParameterValue | undefined) : undefined,
    check: (value) => {
      if (typeof value === 'number' && !Number.isFinite(value))
        return { message: `expected a finite number, not ${value}` };
      if (value === null || typeof value === 'object') {
        return {
          message: `expected one number, text, true or false, not ${value === null ? 'nothing' : 'a list or mapping'}`,
        };
      }
      const parsed = field.safeParse(value);
      return parsed.success ? undefined : describeIssue(parsed.error.issues[0]!, value);
    },
  };
}

function valueType({ type, enum: values }: z.core.JSONSchema.BaseSchema): ParameterType['type'] {
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string' || type === 'boolean') return type;
  const kinds = new Set((values ?? []).map((value) => typeof value));
  const [kind] = kinds;
  return kinds.size === 1 && (kind === 'string' || kind === 'number' || kind === 'boolean') ? kind : 'any';
}
