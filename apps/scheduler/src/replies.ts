import type { CommandReply, Facts } from '@natsweep/queue';
import type { ResultsStore } from '@natsweep/results';
import { nearest, plural } from '@natsweep/sweep';

/** @param facts what the message says, for programs */
export function accept(message: string, facts: Facts): CommandReply {
  return { ok: true, message, facts };
}

export function refuse(message: string): CommandReply {
  return { ok: false, message };
}

/** There is no sweep of this name; names the nearest that there is. */
export async function refuseUnknown(results: ResultsStore, name: string): Promise<CommandReply> {
  const sweeps = await results.listSweeps();
  const near = nearest(
    name,
    sweeps.map((sweep) => sweep.name),
  );
  const hint = near === undefined ? '"natsweep status" lists the sweeps.' : `did you mean ${near}?`;
  return refuse(`There is no sweep named ${name}; ${hint}`);
}

/** "1 trial", "2,000 trials". */
export function trials(count: number): string {
  return plural(count, 'trial');
}
