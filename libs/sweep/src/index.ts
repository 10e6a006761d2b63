export type { ExperimentContract } from './contract.ts';
export type { Batch, ParameterValue, Parameters, Trial } from './trial.ts';
export type {
  AttemptInfo,
  EngineInfo,
  FailedTrial,
  Failure,
  Measured,
  Observation,
  Outcome,
  TrialRecord,
} from './observation.ts';
