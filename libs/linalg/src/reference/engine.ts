import { arrayOperations } from './arrays.ts';
import { decompositionOperations } from './decompositions.ts';
import { elementwiseOperations } from './elementwise.ts';
import { Store } from './store.ts';
import { systemOperations } from './systems.ts';
import type { LinalgEngine } from '../engine.ts';

/** The referee: plain loops in float64, slow and obvious. Never chosen for real work. */
export function createReferenceEngine(): LinalgEngine {
  const store = new Store();
  const { ledger } = store;
  return {
    info: () => ({ engine: 'reference', device: 'cpu', precision: 'float64', threads: 1, versions: {} }),
    scope: (body) => ledger.scope(body),
    free: (...tensors) => ledger.free(tensors),
    liveTensors: () => ledger.live,
    ...arrayOperations(store),
    ...elementwiseOperations(store),
    ...systemOperations(store),
    ...decompositionOperations(store),
  };
}
