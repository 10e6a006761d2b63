import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Values, wordsOf } from './redis-wire.ts';

/** Sees what passes between one process and Redis. What returns `false` is not let through, and the connection breaks. */
export interface Listener {
  onCommand(words: readonly string[]): boolean;
  /** The answer to a command, as it stands on the wire. */
  onReply(words: readonly string[], reply: string): boolean;
}

/** A port that leads one process to the Unix socket of Redis: it can be listened to, cut, stalled and deafened. */
export class Tap {
  readonly #server: Server;
  readonly #listener: Listener;
  readonly #lines = new Set<Line>();
  #state: 'open' | 'cut' | 'stalled' = 'open';

  private constructor(socketPath: string, listener: Listener) {
    this.#listener = listener;
    this.#server = createServer((client) => {
      if (this.#state === 'cut') return client.destroy();
      const line = new Line(client, connect(socketPath), this.#listener);
      if (this.#state === 'stalled') line.stall();
      this.#lines.add(line);
      client.once('close', () => this.#lines.delete(line));
    });
  }

  static async open(socketPath: string, host: string, listener: Listener): Promise<Tap> {
    const tap = new Tap(socketPath, listener);
    await new Promise<void>((resolve) => tap.#server.listen(0, host, resolve));
    return tap;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get isConnected(): boolean {
    return this.#lines.size > 0;
  }

  /** Breaks every connection and refuses new ones. */
  cut(): void {
    this.#state = 'cut';
    for (const line of [...this.#lines]) line.break();
  }

  /** Lets nothing through for a while, without a word to either side. */
  stall(): void {
    this.#state = 'stalled';
    for (const line of this.#lines) line.stall();
  }

  restore(): void {
    this.#state = 'open';
    for (const line of this.#lines) line.resume();
  }

  /** Never lets anything through again on the connections that there are, as a router does that has forgotten them. */
  deafen(): void {
    for (const line of this.#lines) line.stall();
    this.#lines.clear();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

/** One connection. */
class Line {
  readonly #client: Socket;
  readonly #upstream: Socket;
  /** Commands that Redis has not answered. */
  readonly #asked: (readonly string[])[] = [];

  constructor(client: Socket, upstream: Socket, listener: Listener) {
    this.#client = client;
    this.#upstream = upstream;
    const commands = new Values();
    client.on('data', (chunk) => {
      for (const command of commands.add(chunk)) {
        const words = wordsOf(command);
        if (!listener.onCommand(words)) return this.break();
        // a subscription is answered by messages that nobody asked for
        if (words[0]?.toLowerCase() !== 'subscribe') this.#asked.push(words);
        upstream.write(command);
      }
    });
    const replies = new Values();
    upstream.on('data', (chunk) => {
      for (const reply of replies.add(chunk)) {
        const words = reply.toString('latin1', 0, 1) === '>' ? [] : (this.#asked.shift() ?? []);
        if (!listener.onReply(words, reply.toString('latin1'))) return this.break();
        client.write(reply);
      }
    });
    for (const socket of [client, upstream]) socket.on('error', () => {}).on('close', () => this.break());
  }

  stall(): void {
    this.#client.pause();
    this.#upstream.pause();
  }

  resume(): void {
    this.#client.resume();
    this.#upstream.resume();
  }

  break(): void {
    this.#client.destroy();
    this.#upstream.destroy();
  }
}
