/**
 * A slot of the deep-linear benchmark: times batches of trials that its parent sends, in a process of its own as a worker's
 * slot is, one thread of OpenBLAS.
 */
import { findExperiment } from '@natsweep/experiments';
import { createOpenblasEngine } from '@natsweep/linalg-openblas';
import type { Parameters } from '@natsweep/sweep';

export interface Batch {
  readonly experiment: string;
  readonly trials: readonly { readonly params: Parameters; readonly seed: number }[];
}

export interface BatchTiming {
  readonly wallSeconds: number;
  readonly processorSeconds: number;
}

const engine = createOpenblasEngine();

process.on('message', (batch: Batch) => {
  void time(batch).then((timing) => process.send!(timing));
});

async function time({ experiment: name, trials: given }: Batch): Promise<BatchTiming> {
  const experiment = findExperiment(name)!;
  const trials = given.map(({ params, seed }, index) => ({
    trialId: String(index),
    params: experiment.declaration.parameters.parse(params),
    seed,
  }));
  const signal = new AbortController().signal;
  const [begun, before] = [performance.now(), process.cpuUsage()];
  for await (const _ of experiment.run(trials, { engine, signal, progress: () => {} }));
  const { user, system } = process.cpuUsage(before);
  return { wallSeconds: (performance.now() - begun) / 1000, processorSeconds: (user + system) / 1e6 };
}
