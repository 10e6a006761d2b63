import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { TensorflowMissingError } from './errors.ts';
import { findTensorflow } from './locate.ts';
import { dtypes } from './binding.ts';
import type { Binding } from './binding.ts';

export interface LoadOptions {
  /** `gpu`: the GPU that `CUDA_VISIBLE_DEVICES` leaves visible; `auto`: that one where there is one, else the CPU. */
  readonly device: 'auto' | 'cpu' | 'gpu';
  /** Threads per operation on the CPU. */
  readonly threads: number;
}

/** The library as this process runs it. */
export interface Loaded {
  readonly binding: Binding;
  readonly device: 'cpu' | 'gpu';
  readonly threads: number;
}

let loaded: Loaded | undefined;

/**
 * Loads TensorFlow, once per process: it reads its environment while it starts, so that device and threads cannot change
 * afterwards. Throws `TensorflowMissingError` where there is no library, or no GPU though one is asked for.
 */
export function loadTensorflow({ device, threads }: LoadOptions): Loaded {
  loaded ??= start({ device, threads });
  if (device === 'gpu' && loaded.device !== 'gpu')
    throw new TensorflowMissingError({
      reason: `TensorFlow ${loaded.binding.TF_Version} sees no GPU`,
      fix: 'Check nvidia-smi and CUDA_VISIBLE_DEVICES, and run "natsweep setup tensorflow --gpu" for the library with CUDA',
    });
  if (threads !== loaded.threads || (device === 'cpu' && loaded.device !== 'cpu'))
    throw new Error(
      `TensorFlow runs on the ${loaded.device} with ${loaded.threads} thread(s) in this process already; ` +
        `use another process for the ${device} with ${threads}`,
    );
  return loaded;
}

function start(options: LoadOptions): Loaded {
  const tensorflow = findTensorflow();
  if (!tensorflow.found) throw new TensorflowMissingError(tensorflow);
  try {
    return openBinding(tensorflow.binding, options);
  } catch (error) {
    throw new TensorflowMissingError({
      reason: `${tensorflow.binding} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      fix: 'Run "natsweep setup tensorflow" to build it again',
    });
  }
}

/** Sets the environment that TensorFlow reads, and loads the binding at `path`. */
export function openBinding(path: string, { device, threads }: LoadOptions): Loaded {
  Object.assign(process.env, {
    TF_CPP_MIN_LOG_LEVEL: process.env['TF_CPP_MIN_LOG_LEVEL'] ?? '3',
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: '1',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // The same bits for the same device: no kernels that add in varying order, none that round to 10 bits.
    TF_ENABLE_ONEDNN_OPTS: '0',
    TF_DETERMINISTIC_OPS: '1',
    NVIDIA_TF32_OVERRIDE: '0',
    ...(device === 'cpu' ? { CUDA_VISIBLE_DEVICES: '-1' } : {}),
  });
  const binding = createRequire(import.meta.url)(path) as Binding;
  return { binding, device: binding.isUsingGpuDevice() ? 'gpu' : 'cpu', threads };
}

/**
 * Handles that the binding has given out in this process so far; 0 where it is not loaded. They are 32-bit numbers which
 * begin again at 0 in the end, whatever lives under the old ones, so that a process must not make more than 2³² tensors.
 */
export function tensorHandlesUsed(): number {
  if (loaded === undefined) return 0;
  const next = loaded.binding.createTensor([], dtypes.int32, Int32Array.of(0));
  loaded.binding.deleteTensor(next);
  return next >>> 0;
}

/** The model of the processor or GPU in use. */
export function deviceName({ device }: Loaded): string {
  return device === 'gpu' ? gpuModel() : (cpus()[0]?.model ?? process.arch);
}

/** As nvidia-smi reports it for the first visible GPU. */
function gpuModel(): string {
  const visible = process.env['CUDA_VISIBLE_DEVICES']?.split(',')[0] ?? '0';
  try {
    const query = ['--query-gpu=name', '--format=csv,noheader', `--id=${visible}`];
    return execFileSync('nvidia-smi', query, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'gpu';
  }
}
