import type { ExperimentContract } from './contract.ts';
import { parseConditions } from './expression.ts';
import { parameterTypes } from './parameter-type.ts';
import type { SweepSpec } from './spec.ts';
import type { Parameters } from './trial.ts';

/**
 * A trial's parameters without those whose axis is absent at its point: there they only have a default, which is no
 * value of the axis. For figures and tables; a trial is run with all of its parameters. Without conditional axes the
 * parameters are returned as they are.
 */
export function presentParameters(
  spec: Pick<SweepSpec, 'axes'>,
  experiment: ExperimentContract,
): (params: Parameters) => Parameters {
  const types = parameterTypes(experiment);
  const conditional = spec.axes.flatMap(({ parameter, when }) =>
    when === undefined ? [] : [{ parameter, conditions: parseConditions(when, types) }],
  );
  if (conditional.length === 0) return (params) => params;
  return (params) => {
    const absent = conditional.filter(({ conditions }) => !conditions.every((condition) => condition.holds(params)));
    if (absent.length === 0) return params;
    const names = absent.map(({ parameter }) => parameter);
    return Object.fromEntries(Object.entries(params).filter(([name]) => !names.includes(name)));
  };
}
