export { createOpenblasEngine } from './engine.ts';
export { OpenblasMissingError, findOpenblas } from './library.ts';
export type { OpenblasOptions } from './engine.ts';
export type { Openblas, OpenblasMissing } from './library.ts';
