import type { FailedTrial, Observation, TrialRecord } from '@natsweep/sweep';
import { hash } from 'node:crypto';
import type { StoredSweep } from '../store.ts';

export function syntheticSweep(name: string, planned = 0): StoredSweep {
  return {
    name,
    experiment: 'wide-training',
    experimentVersion: 1,
    spec: '{"name":"…"}',
    planned,
    state: 'running',
    stateReason: null,
    createdAtMs: 1_700_000_000_000,
    completedAtMs: null,
    commandId: `submit-${name}`,
  };
}

const approximations = ['exact', 'block-diagonal', 'block-tridiagonal', 'kfac', 'unit-wise'];

/** A number in [0, 1) that depends on its arguments only. */
export function pseudoRandom(...key: readonly (string | number)[]): number {
  return Number.parseInt(hash('sha256', key.join('/')).slice(0, 12), 16) / 2 ** 48;
}

/** The trial at this index of a made-up sweep: five seeds, five approximations, four depths, 13 dampings, some failures. */
export function syntheticRecord(sweep: string, index: number): TrialRecord {
  const params = {
    approximation: approximations[Math.floor(index / 5) % 5]!,
    depth: 3 + (Math.floor(index / 25) % 4),
    damping: 10 ** -(Math.floor(index / 100) % 13),
    bias: index % 3 === 0,
  };
  const place = {
    sweep,
    trialId: `t${hash('sha256', `trial ${index}`).slice(0, 32)}`,
    index,
    params,
    seed: index % 5,
    attempt: {
      attempt: 1 + (index % 2),
      worker: `worker-${index % 3}`,
      slot: `cpu-${index % 2}`,
      startedAtMs: 1_700_000_000_000 + index,
      elapsedSeconds: pseudoRandom('elapsed', index),
      ...(index % 4 > 0 && index % 50 !== 49 && { peakMemoryBytes: 1e8 + index }),
    },
  };
  if (index % 50 === 49)
    return {
      kind: 'failed',
      ...place,
      failure: 'timeout',
      message: 'Ran for 600 s.',
      logTail: 'step 1\nstep 2\n',
    } satisfies FailedTrial;
  const diverged = index % 20 === 7;
  return {
    kind: 'observation',
    ...place,
    outcome: diverged ? 'diverged' : 'converged',
    metrics: {
      trainLossFinal: diverged ? null : 1e6 + pseudoRandom('loss', index),
      stepsToThreshold: index % 40,
    },
    traces: {
      trainLoss: diverged ? [1, 2e300, null] : [1, pseudoRandom('trace', index), 1e-320],
      theory: [1, 0.5, 0.25],
    },
    engine: { engine: 'openblas', device: 'cpu', precision: 'float64', threads: 1, versions: { openblas: '0.3.21' } },
  } satisfies Observation;
}

export function syntheticRecords(sweep: string, count: number): TrialRecord[] {
  return Array.from({ length: count }, (_, index) => syntheticRecord(sweep, index));
}
