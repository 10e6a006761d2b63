import type { CommandReply } from '@natsweep/queue';

export function accept(message: string): CommandReply {
  return { ok: true, message };
}

export function refuse(message: string): CommandReply {
  return { ok: false, message };
}
