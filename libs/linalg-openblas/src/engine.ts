import { cpus } from 'node:os';
import type { EngineDescription, LinalgEngine, Precision } from '@natsweep/linalg';
import { arrayOperations } from './arrays.ts';
import { decompositionOperations } from './decompositions.ts';
import { elementwiseOperations } from './elementwise.ts';
import { Heap } from './heap.ts';
import { OpenblasMissingError, loadOpenblas } from './library.ts';
import { bindRoutines } from './routines.ts';
import { systemOperations } from './systems.ts';

export interface OpenblasOptions {
  /** Default 'float64'. */
  readonly precision?: Precision;
  /** Threads of OpenBLAS, for all engines of this process. Default: `OPENBLAS_NUM_THREADS`, else 1. */
  readonly threads?: number;
}

/** The engine over OpenBLAS and LAPACK. Throws `OpenblasMissingError` where there is none. */
export function createOpenblasEngine({ precision = 'float64', threads }: OpenblasOptions = {}): LinalgEngine {
  const openblas = loadOpenblas();
  if (!openblas.found) throw new OpenblasMissingError(openblas);
  const heap = new Heap(precision);
  const { ledger } = heap;
  const routines = bindRoutines(openblas.library, precision);
  const threadsInUse = openblas.setThreads(threads ?? (Number(process.env['OPENBLAS_NUM_THREADS']) || 1));
  // made once, since asking the system for its processors takes longer than many an operation
  const description: EngineDescription = {
    engine: 'openblas',
    device: cpus()[0]?.model ?? process.arch,
    precision,
    threads: threadsInUse,
    versions: { openblas: openblas.version, core: openblas.core },
  };
  return {
    info: () => description,
    scope: (body) => ledger.scope(body),
    free: (...tensors) => ledger.free(tensors),
    liveTensors: () => ledger.live,
    ...arrayOperations(heap),
    ...elementwiseOperations(heap, routines),
    ...systemOperations(heap, routines),
    ...decompositionOperations(heap, routines, precision),
  };
}
