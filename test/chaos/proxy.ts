import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP port on loopback that leads to a Unix socket, and can be cut like a cable. */
export class Proxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut = false;

  private constructor(socketPath: string) {
    this.#server = createServer((client) => {
      if (this.#cut) return client.destroy();
      const upstream = connect(socketPath);
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
  }

  static async open(socketPath: string): Promise<Proxy> {
    const proxy = new Proxy(socketPath);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Breaks every connection and refuses new ones. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Lets nothing through, without a word to either side, as a cable does that is pulled out. */
  stall(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  restore(): void {
    this.#cut = false;
    for (const socket of this.#sockets) socket.resume();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
