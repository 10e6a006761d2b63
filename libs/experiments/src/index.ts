export { RefusedTrialError } from './refused-trial.ts';
export type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
export { experiments, findExperiment } from './registry.ts';
