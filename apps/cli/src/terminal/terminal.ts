import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters, styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where a command writes: results on stdout, everything said about them on stderr. */
export interface Terminal {
  /** Whether stdout is a terminal; if not, tables are written as tab-separated values. */
  readonly interactive: boolean;
  /** Whether stderr is a terminal; if not, progress is written as lines. */
  readonly animated: boolean;
  /** Width of the terminal in characters. */
  readonly columns: () => number;
  /** A line of the command's result. */
  readonly print: (line: string) => void;
  /** A document that is the whole of the command's result, as JSON. */
  readonly json: (document: unknown) => void;
  /** A piece of a file that is the command's result; resolves when the reader has taken it. */
  readonly write: (piece: Uint8Array) => Promise<void>;
  /** A line for the person who watches: notes, progress, errors. */
  readonly note: (line: string) => void;
  /** Overwrites the last status line on stderr; an empty string clears it. */
  readonly status: (line: string) => void;
  readonly style: (style: Style, text: string) => string;
}

type Stream = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

const defaultColumns = 100;

export function createTerminal(stdout: Stream, stderr: Stream, env: NodeJS.ProcessEnv): Terminal {
  const interactive = stdout.isTTY === true;
  const animated = stderr.isTTY === true && env.TERM !== 'dumb';
  const coloured = (env.NO_COLOR ?? '') === '' && interactive && env.TERM !== 'dumb';
  const columns = () => stdout.columns ?? stderr.columns ?? defaultColumns;
  let statusShown = false;
  const print = (line: string) => {
    status('');
    stdout.write(`${line}\n`);
  };
  const status = (line: string) => {
    if (!animated) return;
    if (line !== '' || statusShown) stderr.write(`\r\u001b[2K${line}`);
    statusShown = line !== '';
  };
  return {
    interactive,
    animated,
    columns,
    status,
    print,
    json: (document) => print(JSON.stringify(document, undefined, 2)),
    write: (piece) => new Promise((resolve) => void stdout.write(piece, () => resolve())),
    note: (line) => {
      status('');
      stderr.write(`${line}\n`);
    },
    style: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  };
}

/** Characters that `text` takes on a terminal, colours apart. */
export function displayWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
