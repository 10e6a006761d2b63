import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** The path of a Chromium, or undefined if there is none on this machine. */
export function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file));
}

/** A page in a headless browser of its own, spoken to by the DevTools protocol over a pipe. */
export interface BrowserPage {
  send(method: string, params?: object): Promise<Record<string, unknown>>;
  /** The value of a JavaScript expression in the page; throws what it throws. */
  evaluate(expression: string): Promise<unknown>;
  open(url: string): Promise<void>;
  /** Console errors and warnings, uncaught exceptions, blocked requests, so far. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

export async function openPage(chromium: string): Promise<BrowserPage> {
  const profile = mkdtempSync(join(tmpdir(), 'natsweep-chromium-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync'];
  const quiet = ['--disable-background-networking', '--disable-component-update', '--remote-debugging-pipe'];
  const browser = spawn(chromium, [...flags, ...quiet, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const exited = new Promise<void>((resolve) => browser.once('exit', () => resolve()));
  const [input, output] = [browser.stdio[3] as Writable, browser.stdio[4] as Readable];
  const pending = new Map<number, { resolve(result: Record<string, unknown>): void; reject(error: Error): void }>();
  const listeners = new Map<string, (params: Record<string, unknown>) => void>();
  const complaints: string[] = [];
  let nextId = 1;
  let sessionId: string | undefined;

  const receive = (message: Message) => {
    if (message.id !== undefined) {
      const waiting = pending.get(message.id);
      pending.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.result ?? {});
      else waiting?.reject(new Error(message.error.message));
    } else if (message.method !== undefined) {
      const complaint = complaintOf(message.method, message.params ?? {});
      if (complaint !== undefined) complaints.push(complaint);
      listeners.get(message.method)?.(message.params ?? {});
    }
  };
  let buffered = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (buffered + chunk).split('\0');
    buffered = parts.pop() ?? '';
    for (const part of parts) receive(JSON.parse(part) as Message);
  });
  void exited.then(() => {
    for (const { reject } of pending.values()) reject(new Error('Chromium ended'));
  });

  const send = (method: string, params: object = {}) => {
    const id = nextId++;
    input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise<Record<string, unknown>>((resolve, reject) => pending.set(id, { resolve, reject }));
  };
  const close = async () => {
    // the whole group: Chromium's helpers would go on writing into the profile
    process.kill(-browser.pid!, 'SIGKILL');
    await exited;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
    ({ sessionId } = (await send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string });
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`);
  } catch (error) {
    await close();
    throw error;
  }

  return {
    send,
    complaints,
    evaluate: async (expression) => {
      const reply = await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
      if (reply['exceptionDetails'] !== undefined) throw new Error(JSON.stringify(reply['exceptionDetails']));
      return (reply['result'] as { readonly value?: unknown }).value;
    },
    open: async (url) => {
      const loaded = new Promise<void>((resolve) => listeners.set('Page.loadEventFired', () => resolve()));
      await send('Page.navigate', { url });
      await loaded;
    },
    close,
  };
}

function complaintOf(method: string, params: Record<string, unknown>): string | undefined {
  switch (method) {
    case 'Runtime.exceptionThrown':
    case 'Log.entryAdded':
      return JSON.stringify(params);
    case 'Runtime.consoleAPICalled':
      return ['error', 'warning', 'assert'].includes(String(params['type'])) ? JSON.stringify(params) : undefined;
    case 'Network.requestWillBeSent': {
      const { url } = params['request'] as { readonly url: string };
      return /^(file|data|about):/.test(url) ? undefined : `request to ${url}`;
    }
    default:
      return undefined;
  }
}
