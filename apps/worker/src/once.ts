import { createInterface } from 'node:readline';
import type { Trial } from '@natsweep/sweep';
import { namedDataFolder } from './data-folder.ts';
import type { EngineChoice } from './engine-choice.ts';
import { createEngines } from './engine.ts';
import { classifyError } from './failure-class.ts';
import { OnceError } from './once-error.ts';
import { runTrials } from './run-trials.ts';

/**
 * Runs trials one by one in this process: a trial per line of standard input, a result per line of standard output. Throws
 * `OnceError` for the first that cannot be run; a fault of the experiment itself is thrown as it is.
 */
export async function runOnce(choice: EngineChoice): Promise<void> {
  const engines = createEngines(choice);
  for await (const line of createInterface({ input: process.stdin })) {
    const trial = parseTrial(line);
    const context = { engines, dataFolder: namedDataFolder(), signal: new AbortController().signal, send: () => {} };
    const { engine, trials } = await runTrials([trial], context).catch((error: unknown) => {
      const { failure, message } = classifyError(error);
      throw failure === 'crash' ? error : new OnceError(failure, message, { cause: error });
    });
    const [finished] = trials;
    if (finished === undefined) throw new Error(`experiment ${trial.experiment} reported nothing for ${trial.trialId}`);
    process.stdout.write(`${JSON.stringify({ ...finished, engine })}\n`);
  }
}

function parseTrial(line: string): Trial {
  try {
    return JSON.parse(line) as Trial;
  } catch (error) {
    throw new OnceError('invalid', `Standard input holds no trial in JSON but ${line.slice(0, 60)}`, { cause: error });
  }
}
