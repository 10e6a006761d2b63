import { createInterface } from 'node:readline';
import type { EngineInfo, Trial } from '@natsweep/sweep';
import type { EngineChoice } from './engine-choice.ts';
import { createEngine } from './engine.ts';
import type { FinishedTrial } from './protocol.ts';
import { runTrials } from './run-trials.ts';

/** A trial that ran outside any sweep: nothing is queued and nothing is recorded. */
export interface OnceResult extends FinishedTrial {
  readonly engine: EngineInfo;
  /** Most memory that this process has had resident so far. */
  readonly peakMemoryBytes: number;
}

/** Runs trials one by one in this process: a trial per line of standard input, a result per line of standard output. */
export async function runOnce(choice: EngineChoice): Promise<void> {
  const engine = createEngine(choice);
  for await (const line of createInterface({ input: process.stdin })) {
    const trial = JSON.parse(line) as Trial;
    const finished = await runTrials([trial], { engine, signal: new AbortController().signal, send: () => {} });
    if (finished === undefined) throw new Error(`experiment ${trial.experiment} reported nothing for ${trial.trialId}`);
    // maxRSS is in kibibytes on every platform (libuv converts)
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
    process.stdout.write(
      `${JSON.stringify({ ...finished, engine: engine.info(), peakMemoryBytes } satisfies OnceResult)}\n`,
    );
  }
}
