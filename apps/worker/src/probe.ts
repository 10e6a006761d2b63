import { findOpenblas } from '@natsweep/linalg-openblas';
import { createTfjsEngine, findTensorflow } from '@natsweep/linalg-tfjs';
import { imageData } from './data-folder.ts';
import { listGpus, type Gpu } from './gpus.ts';

/** Whether something to compute with works on this machine: what `natsweep doctor` shows of it. */
export interface Probe {
  /** As in "engine openblas". */
  readonly name: string;
  readonly works: boolean;
  /** What was found, or why it does not work. */
  readonly found: string;
  /** What to do, where something can be done. */
  readonly fix?: string;
}

/**
 * Tries every engine that a slot may choose by itself, by loading its library, and looks for data sets and GPUs. One after the other: if a
 * library takes this process down, what was found before is told already.
 */
export async function* probe(): AsyncIterable<Probe> {
  yield probeOpenblas();
  const gpus = await listGpus();
  const tfjs = probeTfjs();
  yield tfjs;
  yield* probeData();
  yield probeGpus(gpus, tfjs.works && gpus.some(({ name }) => tfjs.found.includes(name)));
}

function probeOpenblas(): Probe {
  const openblas = findOpenblas();
  if (!openblas.found) return { name: 'engine openblas', works: false, found: openblas.reason, fix: openblas.fix };
  const { version, core, path } = openblas;
  const kernels = core === '' ? '' : `, ${core} kernels`;
  return { name: 'engine openblas', works: true, found: `OpenBLAS ${version}${kernels}, ${path}` };
}

function probeTfjs(): Probe {
  const name = 'engine tfjs';
  const tensorflow = findTensorflow();
  if (!tensorflow.found) return { name, works: false, found: tensorflow.reason, fix: tensorflow.fix };
  try {
    const { device, versions } = createTfjsEngine().info();
    return { name, works: true, found: `TensorFlow ${versions['tensorflow']} on ${device}, ${tensorflow.binding}` };
  } catch (error) {
    return { name, works: false, found: (error as Error).message };
  }
}

function probeData(): readonly Probe[] {
  return imageData().map(({ name, missing }) =>
    missing === undefined
      ? { name: `data ${name}`, works: true, found: 'its files are here' }
      : { name: `data ${name}`, works: false, found: missing.reason, fix: missing.fix },
  );
}

function probeGpus(gpus: readonly Gpu[], used: boolean): Probe {
  const name = 'GPUs';
  if (gpus.length === 0) return { name, works: false, found: 'nvidia-smi knows none' };
  const found = gpus.map((gpu) => `${gpu.index}: ${gpu.name}, ${memory(gpu)}`).join('; ');
  if (used) return { name, works: true, found };
  return {
    name,
    works: false,
    found: `${found}; TensorFlow does not use them`,
    fix: 'Run "natsweep setup tensorflow --gpu" for the library with CUDA, and check CUDA_VISIBLE_DEVICES',
  };
}

function memory({ memoryTotalBytes }: Gpu): string {
  return memoryTotalBytes === null ? 'memory unknown' : `${(memoryTotalBytes / 2 ** 30).toFixed(0)} GiB`;
}
