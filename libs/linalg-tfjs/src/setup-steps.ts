import { spawn } from 'node:child_process';

/** A step of the set-up failed, or it was interrupted; what was there before is untouched. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
  readonly code = 'TENSORFLOW_SETUP';
}

/** Runs a command to its end and returns what it printed. Throws `SetupError` with the end of what it complained about. */
export type Step = (command: string, args: readonly string[]) => Promise<string>;

export interface StepOptions {
  /** Kills the command and all that it started. */
  readonly signal?: AbortSignal | undefined;
  /** A folder for the temporary files of commands, which a killed one leaves behind. */
  readonly temporary: string;
}

export function steps({ signal, temporary }: StepOptions): Step {
  return (command, args) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(interrupted());
      const env = { ...process.env, TMPDIR: temporary };
      // In a group of its own, so that what npm or g++ started can be killed with it.
      const child = spawn(command, args, { detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const output = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const)
        child[name].setEncoding('utf8').on('data', (chunk: string) => (output[name] += chunk));
      const kill = (): void => {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      };
      signal?.addEventListener('abort', kill);
      child.once('error', (error: NodeJS.ErrnoException) => {
        const reason = error.code === 'ENOENT' ? 'is not installed; it is needed to set TensorFlow up' : error.message;
        reject(new SetupError(`${command} ${reason}`, { cause: error }));
      });
      child.once('close', (code) => {
        signal?.removeEventListener('abort', kill);
        if (signal?.aborted === true) return reject(interrupted());
        if (code === 0) return resolve(output.stdout);
        reject(new SetupError(`${[command, ...args].slice(0, 3).join(' ')} failed: ${complaint(output.stderr)}`));
      });
    });
}

function interrupted(): SetupError {
  return new SetupError('interrupted; nothing was changed');
}

/** The last lines that say something, without empty ones and pip's advice on its own version. */
function complaint(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  return (
    lines
      .filter((line) => line !== '' && !line.startsWith('[notice]'))
      .slice(-3)
      .join(' ') || 'it did not say why'
  );
}
