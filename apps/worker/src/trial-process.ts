/**
 * The child of a slot: owns the engine and runs trials, one request at a time. It may compute for as long as it likes
 * without yielding, crash, or be killed at any moment; the slot copes with all of these.
 */
import { tensorHandlesUsed } from '@natsweep/linalg-tfjs';
import { namedDataFolder } from './data-folder.ts';
import type { EngineChoice } from './engine-choice.ts';
import { createEngines } from './engine.ts';
import { classifyError } from './failure-class.ts';
import { endWithParent } from './orphan-watch.ts';
import { killGroup } from './process-group.ts';
import { engineVariable, type Reply, type Request } from './protocol.ts';
import { runTrials } from './run-trials.ts';

const send = (reply: Reply): void => {
  process.send?.(reply);
};

// A Ctrl-C or a stop of the whole service reaches every process of the group; it is the slot's to act on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => killGroup(process.pid));

try {
  const engines = createEngines(process.env[engineVariable] as EngineChoice);
  const engine = engines('float64').info();
  let running: AbortController | undefined;
  process.on('message', (request: Request) => {
    if (request.kind === 'abort') return running?.abort();
    const controller = new AbortController();
    running = controller;
    runTrials(request.trials, { engines, dataFolder: namedDataFolder(), signal: controller.signal, send }).then(
      (results) =>
        send({ kind: 'done', ...results, memoryBytes: process.memoryUsage.rss(), tensorHandles: tensorHandlesUsed() }),
      (error: unknown) => {
        const { failure, message } = classifyError(error);
        send({ kind: 'failed', failure, message, logTail: (error as Error | null)?.stack ?? message });
      },
    );
  });
  endWithParent();
  send({ kind: 'ready', engine });
} catch (error) {
  send({ kind: 'unusable', message: (error as Error).message });
  process.disconnect();
}
