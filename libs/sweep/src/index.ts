export type { ExperimentContract } from './contract.ts';
export type { Batch, ParameterValue, Parameters, Trial } from './trial.ts';
export type {
  AttemptInfo,
  EngineInfo,
  FailedTrial,
  Failure,
  GpuReading,
  Measured,
  Observation,
  Outcome,
  TrialRecord,
} from './observation.ts';
export { failures } from './observation.ts';
export { maxSpecLength, type Axis, type ContinuousAxis, type DiscreteAxis, type SweepSpec } from './spec.ts';
export { readSweepSpec, SweepSpecError } from './read-spec.ts';
export { maxValueLength, sweepJsonSchema, type SweepSize } from './sweep-file.ts';
export { parseSweepSpec, type ParseOptions, type ParseResult } from './parse-spec.ts';
export { formatProblem, type SpecProblem } from './problem.ts';
export { KeyOrder } from './key-order.ts';
export { nearest } from './nearest.ts';
export { formatCount, plural } from './counts.ts';
export { ExpressionError } from './expression-error.ts';
export { parseConditions, parseTree as parseExpression, type Condition, type ExpressionTree } from './expression.ts';
export { createGrid, type Grid } from './grid.ts';
export { randomIndices } from './random-indices.ts';
export { GridError } from './grid-error.ts';
export { trialId, trialIdLength, type TrialIdentity } from './trial-id.ts';
export { IndexSet } from './index-set.ts';
export { planSweep, type Plan, type PlanInput } from './plan-sweep.ts';
export { presentParameters } from './present-parameters.ts';
export { parameterTypes, type ParameterType } from './parameter-type.ts';
