import {
  Lexer,
  LineCounter,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  type Node,
  type ParsedNode,
} from 'yaml';
import { formatPath, type KeyPath, type SpecProblem } from './problem.ts';

const MAX_BYTES = 2 ** 20;
const MAX_DEPTH = 12;
const MAX_INDENTATION = 100;
const MAX_ALIASES = 32;
/** Words, marks and line ends: the composer takes some microseconds for each. */
const MAX_TOKENS = 2 ** 18;
/** Keys of one mapping are compared with each other. */
const MAX_KEYS = 1000;
const MAX_KEY_LENGTH = 200;

/** A YAML text as plain values, and the place in the text of each. */
export interface YamlSource {
  readonly value: unknown;
  /** A problem at a key (`at: 'key'`) or at its value; a path that is not in the text is placed at its nearest parent. */
  problem(path: KeyPath, fault: PlacedFault, at?: 'key' | 'value'): SpecProblem;
}

export interface PlacedFault {
  readonly message: string;
  readonly suggestion?: string | undefined;
  /** Character within the text at the path. Default 0. */
  readonly offset?: number;
}

export type YamlResult =
  | { readonly ok: true; readonly source: YamlSource }
  | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/**
 * Parses one YAML 1.2 core document within bounds that no honest sweep file meets: 1 MiB, 262,144 words and marks, 1,000
 * keys, 12 levels, 32 aliases; no merge keys, no custom tags, no duplicate keys.
 */
export function parseYaml(text: string, file: string): YamlResult {
  const bytes = Buffer.byteLength(text);
  const refuse = (message: string): YamlResult => ({
    ok: false,
    problems: [{ file, line: 1, column: 1, path: '', message }],
  });
  if (bytes > MAX_BYTES) {
    return refuse(
      `a sweep file has at most ${MAX_BYTES} bytes, this one has ${bytes}; write long axes as linspace, logspace or range`,
    );
  }
  const excess = excessOf(text);
  if (excess !== undefined) return refuse(excess);

  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    schema: 'core',
    version: '1.2',
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    uniqueKeys: true,
    logLevel: 'error',
  });
  const place = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const problems = faults.slice(0, 10).map(({ pos, message }) => ({
      ...place(pos[0]),
      path: '',
      message: `invalid YAML: ${message.replace(/; please use .*/, '').slice(0, 200)}`,
    }));
    return { ok: false, problems };
  }
  if (document.directives.yaml.version !== '1.2') return refuse('a sweep file is YAML 1.2; remove the %YAML directive');
  const root = document.contents;
  const problem: YamlSource['problem'] = (path, { message, suggestion, offset = 0 }, at = 'value') => ({
    ...place(skipQuote(text, offsetOf(root, path, at), offset)),
    path: formatPath(path),
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  const bad = findForbidden(root, [], 0);
  if (bad !== undefined) return { ok: false, problems: [problem(bad.path, bad, 'key')] };
  try {
    return { ok: true, source: { value: document.toJS({ maxAliasCount: MAX_ALIASES }), problem } };
  } catch {
    return refuse(tooManyAliases);
  }
}

const tooDeep = `a sweep file is nested at most ${MAX_DEPTH} levels deep`;
const tooManyAliases = `aliases that cannot be resolved, or more than ${MAX_ALIASES} of them; write the values out`;
const tooManyKeys = `a sweep file has at most ${MAX_KEYS} keys; split it into several sweeps`;
const tooManyTokens = `a sweep file has at most ${MAX_TOKENS} words, marks and line ends; write long axes as linspace, logspace or range`;

/** The lexer gives this mark before the text of a plain or block scalar. */
const scalarFollows = '\u001f';

/**
 * What of a text is too much for the composer, before it starts: it recurses, so that a megabyte of "- - - " exhausts its
 * memory, and compares the keys of a mapping, and the aliases of a document, with each other. Tokens come from the lexer, which
 * does neither; indentation bounds the depth of block collections.
 */
function excessOf(text: string): string | undefined {
  const open: string[] = [];
  let [onLine, tokens, keys, aliases] = [0, 0, 0, 0];
  let lineStart = true;
  let inScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (!inScalar) {
      if (token === '[' || token === '{') open.push(token);
      else if (token === ']' || token === '}') open.pop();
      else if (token === '-' || token === '?' || token === ':') onLine += open.length === 0 ? 1 : 0;
      if (open.at(-1) === '{' ? token === '{' || token === ',' : token === ':' || token === '?') keys++;
      if (token.startsWith('*')) aliases++;
    }
    if (open.length > MAX_DEPTH || onLine > MAX_DEPTH) return tooDeep;
    if (lineStart && token.length > MAX_INDENTATION && token.trim() === '') return tooDeep;
    if (++tokens > MAX_TOKENS) return tooManyTokens;
    if (keys > MAX_KEYS) return tooManyKeys;
    if (aliases > MAX_ALIASES) return tooManyAliases;
    inScalar = token === scalarFollows;
    lineStart = token.endsWith('\n');
    if (lineStart) onLine = 0;
  }
  return undefined;
}

interface Forbidden {
  readonly path: KeyPath;
  readonly message: string;
}

function findForbidden(node: unknown, path: KeyPath, depth: number): Forbidden | undefined {
  if (depth > MAX_DEPTH) return { path, message: `nested more than ${MAX_DEPTH} levels deep` };
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const here = [...path, name];
      if (!isScalar(key)) return { path, message: 'a key is a plain text' };
      if (name.length > MAX_KEY_LENGTH) return { path, message: `a key has at most ${MAX_KEY_LENGTH} characters` };
      if (['__proto__', 'constructor', 'prototype', '<<'].includes(name))
        return { path: here, message: 'this key is not allowed' };
      const found = findForbidden(value, here, depth + 1);
      if (found !== undefined) return found;
    }
  } else if (isSeq(node)) {
    for (const [i, item] of node.items.entries()) {
      const found = isPair(item)
        ? { path, message: 'a list item is a value' }
        : findForbidden(item, [...path, i], depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function offsetOf(root: ParsedNode | null, path: KeyPath, at: 'key' | 'value'): number {
  let node: Node | null = root;
  let offset = startOf(root);
  for (const [depth, key] of path.entries()) {
    if (isAlias(node)) break;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) break;
      const value = pair.value as Node | null;
      const last = depth === path.length - 1;
      offset = (last && at === 'key') || value === null ? startOf(pair.key as Node) : startOf(value);
      node = value;
    } else if (isSeq(node)) {
      const item = node.items[Number(key)] as Node | undefined;
      if (item === undefined) break;
      offset = startOf(item);
      node = item;
    } else break;
  }
  return offset;
}

function skipQuote(text: string, start: number, offset: number): number {
  if (offset === 0) return start;
  return start + offset + (text[start] === '"' || text[start] === "'" ? 1 : 0);
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}
