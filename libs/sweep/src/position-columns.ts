const firstCapacity = 1024;

/** Rows of positions, a column per factor, in memory that doubles: 4 bytes a position, where a list of numbers takes up to 16. */
export class PositionColumns {
  #columns: Int32Array[];
  #size = 0;

  constructor(factors: number) {
    this.#columns = Array.from({ length: factors }, () => new Int32Array(firstCapacity));
  }

  add(row: Int32Array): void {
    if (this.#size === this.#columns[0]!.length) this.#columns = this.#columns.map(doubled);
    for (let k = 0; k < row.length; k++) this.#columns[k]![this.#size] = row[k]!;
    this.#size++;
  }

  /** The columns, each as long as rows were added. */
  take(): readonly Int32Array[] {
    return this.#columns.map((column) => column.slice(0, this.#size));
  }
}

/**
 * The order of the rows that sorts them by the first column, then the second, and so on: counting sort from the last
 * column to the first, so that the time is linear. Values are at least −1.
 */
export function lexicographicOrder(columns: readonly Int32Array[]): Uint32Array {
  const size = columns[0]!.length;
  let order = Uint32Array.from({ length: size }, (_, row) => row);
  for (const column of columns.toReversed()) {
    const largest = column.reduce((most, value) => (value > most ? value : most), -1);
    const starts = new Uint32Array(largest + 3);
    for (const value of column) starts[value + 2]!++;
    for (let value = 1; value < starts.length; value++) starts[value]! += starts[value - 1]!;
    const next = new Uint32Array(size);
    for (const row of order) next[starts[column[row]! + 1]!++] = row;
    order = next;
  }
  return order;
}

function doubled(column: Int32Array): Int32Array {
  const larger = new Int32Array(2 * column.length);
  larger.set(column);
  return larger;
}
