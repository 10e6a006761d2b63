export { createTfjsEngine } from './engine.ts';
export { TensorflowError, TensorflowMissingError } from './errors.ts';
export { tensorHandlesUsed } from './load.ts';
export { findTensorflow, tensorflowDirectory } from './locate.ts';
export { SetupError } from './setup-steps.ts';
export { setupTensorflow } from './setup.ts';
export type { TfjsOptions } from './engine.ts';
export type { SetupRecord, TensorflowFound, TensorflowMissing } from './locate.ts';
export type { SetupOptions } from './setup.ts';
