/**
 * The smoke test of `setupTensorflow`, in a process of its own: node smoke.ts BINDING. Solves a positive definite system in
 * float64 through the given binding and prints the `SetupRecord`.
 */
import { engineOver } from './engine.ts';
import { openBinding } from './load.ts';
import type { SetupRecord } from './locate.ts';

const tensorflow = openBinding(process.argv[2]!, { device: 'auto', threads: 1 });
const engine = engineOver(tensorflow, 'float64');
const { factor, failed } = engine.cholesky(engine.tensor([4, NaN, 2, 3], [2, 2]));
const [x, y] = engine.read(engine.choleskySolve(factor, engine.tensor([8, 7], [2, 1])));
if (failed.length > 0 || !(Math.abs(x! - 1.25) + Math.abs(y! - 1.5) < 1e-14))
  throw new Error(`the solution of a 2 × 2 system is wrong: ${x}, ${y} for 1.25, 1.5`);
const { device, versions } = engine.info();
const record: SetupRecord = { version: versions['tensorflow']!, device, gpu: tensorflow.device === 'gpu' };
console.log(JSON.stringify(record));
