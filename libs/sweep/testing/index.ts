export { exampleExperiment } from './example-experiment.ts';
export { largeSweeps } from './large-sweeps.ts';
