import type { ArrayQuery, Cell, ReadArrays } from './connection.ts';

/** Few enough for the garbage collector to find them dead while they are young. */
export const pageRows = 1000;

/** Ids after the one up to the other. */
export interface IdRange {
  readonly after: number;
  readonly last: number;
}

/** The rows of such a query, in the order of their ids; its last two parameters bound the ids. */
export async function* pages(
  readArrays: ReadArrays,
  { sql, parameters }: ArrayQuery,
  range: IdRange,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  const conditions = parameters.slice(0, -2);
  for (let { after } = range; ;) {
    const page = await readArrays({ sql, parameters: [...conditions, after, range.last] });
    yield page;
    if (page.length < pageRows) return;
    after = page.at(-1)![0] as number;
  }
}
