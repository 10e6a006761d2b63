import type { RedisConnection } from './connection.ts';
import { NoSchedulerError } from './errors.ts';
import { keys } from './keys.ts';
import type { Command, CommandReply } from './messages.ts';
import { commandHeader, commandPayload, readPayload, replyPayload } from './payloads.ts';

/** How long an answer waits for whoever asked. */
export const replyLifetimeSeconds = 600;

/** A scheduler that has taken a command may have millions of records to move. */
const longestWorkMs = 600_000;

export interface SendCommandOptions {
  /** How long a scheduler may take to take the command. Default 10,000. */
  readonly timeoutMs?: number;
  /** Called after that time, and again and again, if one has taken it and is still at work. */
  readonly onWork?: () => void;
}

/**
 * Sends a command and waits for the scheduler's answer. A command that no scheduler takes in time is withdrawn and
 * `NoSchedulerError` thrown. Sending the same command again is harmless: `commandId` names the intention.
 */
export async function sendCommand(
  connection: RedisConnection,
  command: Command,
  { timeoutMs = 10_000, onWork }: SendCommandOptions = {},
): Promise<CommandReply> {
  const message = JSON.stringify(command);
  const waiting = connection.duplicate({ socketTimeout: timeoutMs + 1000 });
  waiting.on('error', () => {});
  try {
    await connection.rpush(keys.commands, message);
    for (let waitedMs = timeoutMs; ; waitedMs += timeoutMs) {
      const reply = await waiting.blpop(keys.reply(command.commandId), timeoutMs / 1000);
      const answer = reply === null ? undefined : readPayload(replyPayload, reply[1]);
      if (answer !== undefined) return answer;
      const seconds = waitedMs / 1000;
      if ((await connection.lrem(keys.commands, 0, message)) > 0) {
        throw new NoSchedulerError(
          `No scheduler answered within ${seconds} s and the command was withdrawn: start one with "natsweep up".`,
        );
      }
      if ((await connection.exists(keys.lease)) === 0) {
        throw new NoSchedulerError(
          `The scheduler that took the command has ended: the next one carries it out; start it with "natsweep up".`,
        );
      }
      if (waitedMs >= longestWorkMs) {
        throw new NoSchedulerError(
          `A scheduler took the command but has not answered within ${seconds} s: look with "natsweep status" before you repeat it.`,
        );
      }
      onWork?.();
    }
  } finally {
    waiting.disconnect();
  }
}

/** Told of a message among the commands that is none, or none that this natsweep reads, for the log. */
export type OnUnreadable = (message: {
  readonly characters: number;
  readonly kind?: string;
  readonly commandId?: string;
}) => void;

/**
 * Takes the next command, waiting up to `timeoutMs` on a connection of its own; undefined if none came. A taken command
 * stays listed until `answerCommand`, so that the next scheduler finds it should this one die. What cannot be read is struck
 * from the list, and refused if it has a `commandId`.
 */
export async function takeCommand(
  blocking: RedisConnection,
  timeoutMs: number,
  onUnreadable: OnUnreadable,
): Promise<Command | undefined> {
  const message = await blocking.blmove(keys.commands, keys.commandsTaken, 'LEFT', 'RIGHT', timeoutMs / 1000);
  return message === null ? undefined : readCommand(blocking, message, onUnreadable);
}

/** Commands that a scheduler took and did not answer, oldest first. */
export async function unansweredCommands(
  connection: RedisConnection,
  onUnreadable: OnUnreadable,
): Promise<readonly Command[]> {
  const messages = await connection.lrange(keys.commandsTaken, 0, -1);
  const commands = await Promise.all(messages.map((message) => readCommand(connection, message, onUnreadable)));
  return commands.filter((command) => command !== undefined);
}

async function readCommand(
  connection: RedisConnection,
  message: string,
  onUnreadable: OnUnreadable,
): Promise<Command | undefined> {
  const command = readPayload(commandPayload, message);
  if (command !== undefined) return command;
  const header = readPayload(commandHeader, message);
  onUnreadable({ characters: message.length, ...(header && { kind: header.kind, commandId: header.commandId }) });
  const transaction = connection.multi().lrem(keys.commandsTaken, 0, message);
  if (header !== undefined) {
    pushReply(transaction, header, {
      ok: false,
      message:
        `The scheduler cannot read this command (${header.kind}, ${message.length} characters): ` +
        'what it asks for is too long, or it comes from another version of natsweep than that of the scheduler.',
    });
  }
  await transaction.exec();
  return undefined;
}

/** Answers a taken command and strikes it from the list, in one transaction. */
export async function answerCommand(
  connection: RedisConnection,
  { commandId }: Command,
  reply: CommandReply,
): Promise<void> {
  const taken = await connection.lrange(keys.commandsTaken, 0, -1);
  const transaction = connection.multi();
  pushReply(transaction, { commandId }, reply);
  for (const message of taken) {
    if (readPayload(commandPayload, message)?.commandId === commandId) transaction.lrem(keys.commandsTaken, 0, message);
  }
  await transaction.exec();
}

function pushReply(
  transaction: ReturnType<RedisConnection['multi']>,
  { commandId }: Pick<Command, 'commandId'>,
  reply: CommandReply,
): void {
  transaction.rpush(keys.reply(commandId), JSON.stringify(reply)).expire(keys.reply(commandId), replyLifetimeSeconds);
}
