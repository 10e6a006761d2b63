export type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
