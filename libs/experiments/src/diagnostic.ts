import { spawn } from 'node:child_process';
import { diagnostic as declaration } from '@natsweep/catalogue';
import { RandomStream } from '@natsweep/linalg';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';

type Params = z.infer<typeof declaration.parameters>;

/** Does as its parameters say; see the declaration. */
export const diagnostic: Experiment<typeof declaration.parameters> = { declaration, run };

async function* run(trials: readonly ExperimentTrial<Params>[], context: TrialContext): AsyncIterable<TrialResult> {
  for (const trial of trials) yield await runTrial(trial, context);
}

async function runTrial({ trialId, params, seed }: ExperimentTrial<Params>, context: TrialContext) {
  context.progress(trialId, 0, 1);
  if (params.durationMs > 0) await pass(params, context.signal);
  const stream = new RandomStream(seed, `diagnostic/${params.point}`);
  const [value = 0, draw = 0] = stream.uniforms(2);
  const behaviour = draw < params.share ? params.behaviour : 'finish';
  const diverged = misbehave(behaviour);
  context.progress(trialId, 1, 1);
  return {
    trialId,
    outcome: context.signal.aborted ? ('stopped' as const) : diverged ? ('diverged' as const) : ('converged' as const),
    metrics: { value: diverged ? Infinity : value },
    traces: params.traceLength > 0 ? { ramp: Float64Array.from({ length: params.traceLength }, (_, i) => i) } : {},
  };
}

/** Returns whether the trial diverges; for a failure it does not return. */
function misbehave(behaviour: Params['behaviour']): boolean {
  switch (behaviour) {
    case 'finish':
      return false;
    case 'diverge':
      return true;
    case 'throw':
      throw new Error('diagnostic: thrown as asked');
    case 'crash':
      process.stderr.write('diagnostic: aborting as asked\n');
      return process.abort();
    case 'hang':
      for (;;);
    case 'spawn': {
      const { pid } = spawn('sleep', ['3600'], { stdio: 'inherit' });
      process.stderr.write(`diagnostic: process ${pid} started\n`);
      for (;;);
    }
    case 'exhaust-memory':
      for (const held: number[][] = []; ;) held.push(new Array<number>(1_000_000).fill(1.5));
  }
}

async function pass({ durationMs, busy }: Params, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  if (!busy) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
    return;
  }
  const end = performance.now() + durationMs;
  while (performance.now() < end);
}
