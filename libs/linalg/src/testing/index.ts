export { assertClose } from './assert-close.ts';
export { runConformance } from './conformance.ts';
export { tolerances } from './tolerances.ts';
export type { Tolerance, TolerancePolicy } from './tolerances.ts';
