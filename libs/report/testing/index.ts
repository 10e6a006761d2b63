export { plantSweep, temporaryStore } from './planted-sweep.ts';
export type { Planted } from './planted-sweep.ts';
export { wideFinding, wideSweep } from './wide-sweep.ts';
