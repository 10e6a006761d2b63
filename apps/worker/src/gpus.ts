import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findTensorflow } from '@natsweep/linalg-tfjs';
import type { GpuReading } from '@natsweep/sweep';

export interface Gpu extends GpuReading {
  /** As in `CUDA_VISIBLE_DEVICES`, in the order of the bus. */
  readonly index: string;
}

const columns = ['index', 'name', 'utilization.gpu', 'memory.used', 'memory.total'];
const mebibyte = 2 ** 20;

/** The NVIDIA GPUs of this machine; none where there is no nvidia-smi. */
export async function listGpus(): Promise<readonly Gpu[]> {
  try {
    const query = [`--query-gpu=${columns.join(',')}`, '--format=csv,noheader,nounits'];
    return parseGpus((await promisify(execFile)('nvidia-smi', query, { timeout: 10_000 })).stdout);
  } catch {
    return [];
  }
}

/**
 * The GPUs that a worker takes by itself, where TensorFlow was set up for GPUs: all of them, or those that the environment
 * (a batch system's, for instance) leaves it in `CUDA_VISIBLE_DEVICES`.
 */
export async function usableGpus(env: NodeJS.ProcessEnv = process.env): Promise<readonly string[]> {
  const tensorflow = findTensorflow(env);
  if (!tensorflow.found || tensorflow.gpu !== true) return [];
  const visible = env['CUDA_VISIBLE_DEVICES']?.split(',').map((index) => index.trim());
  const indices = (await listGpus()).map(({ index }) => index);
  return indices.filter((index) => visible === undefined || visible.includes(index));
}

/** The GPUs of this machine as they were when last read. */
export class GpuMonitor {
  #gpus: readonly Gpu[] = [];

  async refresh(): Promise<void> {
    this.#gpus = await listGpus();
  }

  /** undefined for a GPU that nvidia-smi does not list. */
  reading(index: string): GpuReading | undefined {
    const gpu = this.#gpus.find((listed) => listed.index === index);
    if (gpu === undefined) return undefined;
    const { name, utilization, memoryUsedBytes, memoryTotalBytes } = gpu;
    return { name, utilization, memoryUsedBytes, memoryTotalBytes };
  }
}

/** Reads nvidia-smi's table: utilization in percent, memory in MiB, and words such as [N/A] for what is not known. */
export function parseGpus(table: string): readonly Gpu[] {
  return table
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((cells) => cells.length === columns.length)
    .map(([index = '', name = '', utilization, used, total]) => ({
      index,
      name,
      utilization: known(utilization, 1 / 100),
      memoryUsedBytes: known(used, mebibyte),
      memoryTotalBytes: known(total, mebibyte),
    }));
}

function known(cell: string | undefined, unit: number): number | null {
  const value = Number.parseFloat(cell ?? '');
  return Number.isNaN(value) ? null : value * unit;
}
