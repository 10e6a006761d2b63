import { execFileSync } from 'node:child_process';

/** A network namespace that is joined to this one by a pair of interfaces, as by a cable that can be pulled out. */
export class Network {
  /** Address of this side. */
  readonly host: string;
  /** Runs a program on the other side. */
  readonly launcher: readonly string[];
  readonly #name: string;

  private constructor(name: string, subnet: string) {
    this.#name = name;
    this.host = `${subnet}.1`;
    this.launcher = ['ip', 'netns', 'exec', name];
  }

  /** Undefined where this user may not make one. */
  static create(): Network | undefined {
    const name = `nsw${process.pid}`;
    const subnet = `10.${100 + (process.pid % 100)}.${(process.pid >> 8) % 250}`;
    const network = new Network(name, subnet);
    try {
      ip('netns', 'add', name);
      ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
      ip('addr', 'add', `${network.host}/24`, 'dev', name);
      ip('-n', name, 'addr', 'add', `${subnet}.2/24`, 'dev', 'eth0');
      for (const device of ['lo', 'eth0']) ip('-n', name, 'link', 'set', device, 'up');
      network.plugIn();
      return network;
    } catch {
      network.remove();
      return undefined;
    }
  }

  pullOut(): void {
    ip('link', 'set', this.#name, 'down');
  }

  plugIn(): void {
    ip('link', 'set', this.#name, 'up');
  }

  remove(): void {
    for (const words of [
      ['link', 'del', this.#name],
      ['netns', 'del', this.#name],
    ]) {
      try {
        ip(...words);
      } catch {
        // it was not made
      }
    }
  }
}

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: 'ignore' });
}
