import type { ArrayQuery, Cell, ReadArrays } from './connection.ts';

/** Few enough for the garbage collector to find them dead while they are young. */
export const pageRows = 1000;

/** The rows of such a query, in the order of their ids; its last parameter is the id that they come after. */
export async function* pages(
  readArrays: ReadArrays,
  { sql, parameters }: ArrayQuery,
  start = -1,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  const conditions = parameters.slice(0, -1);
  for (let after = start; ;) {
    const page = await readArrays({ sql, parameters: [...conditions, after] });
    yield page;
    if (page.length < pageRows) return;
    after = page.at(-1)![0] as number;
  }
}
