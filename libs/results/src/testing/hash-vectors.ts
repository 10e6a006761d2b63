import type { FailedTrial, Observation, TrialRecord } from '@natsweep/sweep';

/** A record with what its hash is taken of, written out by hand, and that hash as `sha256sum` gives it. */
export interface HashVector {
  readonly title: string;
  readonly record: TrialRecord;
  /** The JSON. */
  readonly text: string;
  /** The values of the traces, in hexadecimal: float64, little-endian. */
  readonly values: string;
  readonly hash: string;
}

const place = { sweep: 'vectors', seed: 41, params: { width: 256, bias: true, activation: 'é "', damping: 1e-7 } };
const attempt = { attempt: 2, worker: 'w-1', slot: 'gpu-0', startedAtMs: 1_700_000_000_000.5, elapsedSeconds: 0.1 };
const engine = { engine: 'tfjs', device: 'NVIDIA H200', precision: 'float32', threads: 8 } as const;

/** What is recorded is known by these hashes: one that changes makes "natsweep verify" call every record damaged. */
export const hashVectors: readonly HashVector[] = [
  {
    title: 'an observation with everything that one can have',
    record: {
      ...{ ...place, kind: 'observation', trialId: 't0', index: 0, outcome: 'diverged' },
      attempt: {
        ...attempt,
        peakMemoryBytes: 134_217_728,
        gpu: { name: 'NVIDIA H200', utilization: 0.25, memoryUsedBytes: 1e21, memoryTotalBytes: null },
      },
      metrics: { trainLossFinal: null, steps: 12, rate: -0.5, Rate: 5e-324 },
      traces: { trainLoss: [1, -0, null], none: [], accuracy: [0.5] },
      engine: { ...engine, versions: { tensorflow: '2.21.0', natsweep: '0.1.0' } },
    } satisfies Observation,
    text:
      '["observation","t0",41,[["activation","é \\""],["bias",true],["damping",1e-7],["width",256]],' +
      '[2,"w-1","gpu-0",1700000000000.5,0.1,' +
      '[["memoryTotalBytes",null],["memoryUsedBytes",1e+21],["name","NVIDIA H200"],["utilization",0.25]],134217728],' +
      '"diverged",[["Rate",5e-324],["rate",-0.5],["steps",12]],' +
      '["tfjs","NVIDIA H200","float32",8,[["natsweep","0.1.0"],["tensorflow","2.21.0"]]],' +
      '[["trainLoss",3],["none",0],["accuracy",1]]]',
    values: '000000000000f03f' + '0000000000000080' + '000000000000f87f' + '000000000000e03f',
    hash: 'de4767bd6b9669a06f2d17cc3bdb85c578d4212791f9d9f53a962f3d9882a6fd',
  },
  {
    title: 'an observation with as little as one can have',
    record: {
      ...{ ...place, kind: 'observation', trialId: 't1', index: 1, params: {}, outcome: 'step-limit' },
      ...{ attempt, metrics: {}, traces: {}, engine: { ...engine, versions: {} } },
    } satisfies Observation,
    text:
      '["observation","t1",41,[],[2,"w-1","gpu-0",1700000000000.5,0.1],"step-limit",[],' +
      '["tfjs","NVIDIA H200","float32",8,[]],[]]',
    values: '',
    hash: 'f67048019b6b950011e006157416df4ae6d59be252d6694b61b778b39c84c7b3',
  },
  {
    title: 'a failed trial',
    record: {
      ...{ ...place, kind: 'failed', trialId: 't2', index: 2, attempt },
      ...{ failure: 'out-of-memory', message: 'no memory left', logTail: 'step 1\nstep 2\n' },
    } satisfies FailedTrial,
    text:
      '["failed","t2",41,[["activation","é \\""],["bias",true],["damping",1e-7],["width",256]],' +
      '[2,"w-1","gpu-0",1700000000000.5,0.1],"out-of-memory","no memory left","step 1\\nstep 2\\n"]',
    values: '',
    hash: 'b85f56ae5f35137dd988e651ca8b8947818786ee52f813b765d0907d195e1e2b',
  },
];
