import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findTensorflow } from '@natsweep/linalg-tfjs';

/** A GPU as nvidia-smi reports it. */
export interface Gpu {
  /** As in `CUDA_VISIBLE_DEVICES`. */
  readonly index: string;
  /** 0 to 1; null where the driver does not tell. */
  readonly utilization: number | null;
  readonly memoryUsedBytes: number | null;
  readonly memoryTotalBytes: number | null;
}

const columns = ['index', 'utilization.gpu', 'memory.used', 'memory.total'];
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

/** The GPUs that a worker takes by itself: all of them, where TensorFlow was set up for them. */
export async function usableGpus(): Promise<readonly string[]> {
  const tensorflow = findTensorflow();
  if (!tensorflow.found || tensorflow.gpu !== true) return [];
  return (await listGpus()).map(({ index }) => index);
}

/** Reads nvidia-smi's table: utilization in percent, memory in MiB, and words such as [N/A] for what is not known. */
export function parseGpus(table: string): readonly Gpu[] {
  return table
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((cells) => cells.length === columns.length)
    .map(([index = '', utilization, used, total]) => ({
      index,
      utilization: known(utilization, 1 / 100),
      memoryUsedBytes: known(used, mebibyte),
      memoryTotalBytes: known(total, mebibyte),
    }));
}

function known(cell: string | undefined, unit: number): number | null {
  const value = Number.parseFloat(cell ?? '');
  return Number.isNaN(value) ? null : value * unit;
}
