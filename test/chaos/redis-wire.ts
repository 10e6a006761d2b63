/**
 * Where the value ends that begins at `start` of a Redis connection, RESP 2 or 3 (redis.io/docs/latest/develop/reference/protocol-spec);
 * undefined while it is not all there.
 */
export function valueEnd(buffer: Buffer, start: number): number | undefined {
  const lineEnd = buffer.indexOf('\r\n', start);
  if (lineEnd === -1) return undefined;
  const type = String.fromCharCode(buffer[start] as number);
  const size = Math.max(0, Number(buffer.toString('latin1', start + 1, lineEnd)) || 0);
  let end = lineEnd + 2;
  if ('$=!'.includes(type)) {
    if (buffer[start + 1] !== minus) end += size + 2;
    return end <= buffer.length ? end : undefined;
  }
  const parts = '*~>'.includes(type) ? size : type === '%' ? 2 * size : 0;
  for (let i = 0; i < parts; i++) {
    const next = valueEnd(buffer, end);
    if (next === undefined) return undefined;
    end = next;
  }
  return end;
}

const minus = '-'.charCodeAt(0);

/** The words of a command, which is a list of byte strings. */
export function wordsOf(command: Buffer): readonly string[] {
  const words: string[] = [];
  for (let at = command.indexOf('\r\n') + 2; at < command.length;) {
    const lineEnd = command.indexOf('\r\n', at);
    const length = Number(command.toString('latin1', at + 1, lineEnd));
    words.push(command.toString('utf8', lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
  return words;
}

/** Cuts a stream into the values that it consists of. */
export class Values {
  #rest: Buffer = Buffer.alloc(0);

  *add(chunk: Buffer): Generator<Buffer> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let end = valueEnd(this.#rest, 0); end !== undefined; end = valueEnd(this.#rest, start)) {
      yield this.#rest.subarray(start, end);
      start = end;
      if (start === this.#rest.length) break;
    }
    this.#rest = this.#rest.subarray(start);
  }
}
