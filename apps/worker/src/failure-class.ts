import { readFileSync } from 'node:fs';
import type { Failure } from '@natsweep/sweep';

interface Cause {
  readonly failure: Failure;
  readonly message: string;
}

/** What is known of a trial process that ended by itself. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly logTail: string;
  /** Whether the kernel's out-of-memory killer struck in this control group while the process lived. */
  readonly outOfMemoryKill: boolean;
}

/** V8 on its heap, C++ on malloc, TensorFlow as it aborts. */
const memoryComplaint = /heap out of memory|Array buffer allocation failed|std::bad_alloc|OOM when allocating/;

/** Why a trial process ended. */
export function classifyExit({ code, signal, logTail, outOfMemoryKill }: Exit): Cause {
  if (memoryComplaint.test(logTail)) {
    return { failure: 'out-of-memory', message: 'the trial process ran out of memory' };
  }
  if (signal === 'SIGKILL' && outOfMemoryKill) {
    return { failure: 'out-of-memory', message: 'the kernel killed the trial process for want of memory' };
  }
  const how = signal === null ? `with code ${code}` : `by ${signal}`;
  return { failure: 'crash', message: `the trial process ended ${how}` };
}

/** Why a trial threw. */
export function classifyError(error: unknown): Cause {
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'TRIAL_REFUSED' || code === 'TRIAL_INVALID') return { failure: 'invalid', message };
  if (code === 'ENGINE') return { failure: 'engine', message };
  if (code === 'DATA') return { failure: 'data', message };
  const outOfMemory = code === 'TENSORFLOW_OUT_OF_MEMORY' || memoryComplaint.test(message);
  return { failure: outOfMemory ? 'out-of-memory' : 'crash', message };
}

let eventsFile: string | undefined;

/** How often the kernel killed a process of this control group for want of memory; 0 where that is not counted. */
export function countOutOfMemoryKills(): number {
  try {
    eventsFile ??= `/sys/fs/cgroup${controlGroup()}/memory.events`;
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(eventsFile, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function controlGroup(): string {
  return /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '';
}
