import type { LinalgEngine, Precision } from '@natsweep/linalg';
import { arrayOperations } from './arrays.ts';
import { decompositionOperations } from './decompositions.ts';
import { elementwiseOperations } from './elementwise.ts';
import { deviceName, loadTensorflow } from './load.ts';
import { Session } from './session.ts';
import { systemOperations } from './systems.ts';
import type { LoadOptions, Loaded } from './load.ts';

export interface TfjsOptions {
  /** Default 'float64'. */
  readonly precision?: Precision;
  /** Default 'auto': the GPU where TensorFlow sees one. One device per process. */
  readonly device?: LoadOptions['device'];
  /** Threads per operation on the CPU, for all engines of this process. Default: `TF_NUM_INTRAOP_THREADS`, else 1. */
  readonly threads?: number;
}

/** The engine over TensorFlow's kernels. Throws `TensorflowMissingError` where they cannot be had as asked. */
export function createTfjsEngine(options: TfjsOptions = {}): LinalgEngine {
  const {
    precision = 'float64',
    device = 'auto',
    threads = Number(process.env['TF_NUM_INTRAOP_THREADS']) || 1,
  } = options;
  return engineOver(loadTensorflow({ device, threads }), precision);
}

/** An engine over TensorFlow as it is loaded. */
export function engineOver(tensorflow: Loaded, precision: Precision): LinalgEngine {
  const session = new Session(tensorflow.binding, precision);
  const { ledger } = session;
  return {
    info: () => ({
      engine: 'tfjs',
      device: deviceName(tensorflow),
      precision,
      threads: tensorflow.threads,
      versions: { tensorflow: tensorflow.binding.TF_Version },
    }),
    scope: (body) => ledger.scope(body),
    free: (...tensors) => ledger.free(tensors),
    liveTensors: () => ledger.live,
    ...arrayOperations(session),
    ...elementwiseOperations(session),
    ...systemOperations(session),
    ...decompositionOperations(session, precision),
  };
}
