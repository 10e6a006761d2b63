import { hash } from 'node:crypto';
import type { Database } from './schema.ts';

/** Texts that many records share, by id. They are never changed or deleted, so what was read once stays true. */
export class Texts {
  readonly #db: Database;
  readonly #ids = new Map<string, number>();
  readonly #contents = new Map<number, string>();
  readonly #parsed = new Map<number, unknown>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** Stores what is new, in a transaction of its own: a text that no record uses in the end does no harm. */
  async store(contents: Iterable<string>): Promise<void> {
    const unknown = new Map<string, string>();
    for (const content of contents) if (!this.#ids.has(content)) unknown.set(hash('sha256', content), content);
    for (const part of inParts([...unknown], 500)) {
      const rows = part.map(([hash, content]) => ({ hash, content }));
      await this.#db
        .insertInto('texts')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const hashes = rows.map(({ hash }) => hash);
      const stored = await this.#db.selectFrom('texts').select(['id', 'content']).where('hash', 'in', hashes).execute();
      for (const { id, content } of stored) this.#remember(id, content);
    }
  }

  /** The id of a text that `store` has seen. */
  id(content: string): number {
    return this.#ids.get(content)!;
  }

  async load(ids: Iterable<number | null>): Promise<void> {
    const unknown = new Set<number>();
    for (const id of ids) if (id !== null && !this.#contents.has(id)) unknown.add(id);
    for (const part of inParts([...unknown], 500)) {
      const stored = await this.#db.selectFrom('texts').select(['id', 'content']).where('id', 'in', part).execute();
      for (const { id, content } of stored) this.#remember(id, content);
    }
  }

  /** A text that `load` has read. */
  content(id: number): string {
    return this.#contents.get(id)!;
  }

  /** A text that `load` has read, as the JSON that it is; everyone gets the same value and changes nothing in it. */
  json(id: number): unknown {
    let value = this.#parsed.get(id);
    if (value === undefined) this.#parsed.set(id, (value = JSON.parse(this.content(id)) as unknown));
    return value;
  }

  #remember(id: number, content: string): void {
    this.#ids.set(content, id);
    this.#contents.set(id, content);
  }
}

export function inParts<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}
