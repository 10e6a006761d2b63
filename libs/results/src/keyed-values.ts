const fewest = 1024;

/** The tables, of which two numbers of `keys` belong to one of `values`. */
export interface KeyedPart {
  readonly keys: Int32Array;
  readonly values: Float64Array;
}

/** One finite number per key: open addressing with linear probing in typed arrays, at most half full. */
export class KeyedValues {
  #size = 0;
  #keys = new Int32Array(2 * fewest);
  /** NaN where there is none. */
  #values = new Float64Array(fewest).fill(NaN);

  set(high: number, low: number, value: number): void {
    if (2 * this.#size >= this.#values.length) this.#grow();
    const place = this.#find(high, low);
    if (Number.isNaN(this.#values[place])) this.#size++;
    this.#keys[2 * place] = high;
    this.#keys[2 * place + 1] = low;
    this.#values[place] = value;
  }

  /** NaN where there is none. */
  get(high: number, low: number): number {
    return this.#values[this.#find(high, low)]!;
  }

  /** Where the key is, or is to be. Keys are hashes: any of their bits will do. */
  #find(high: number, low: number): number {
    const mask = this.#values.length - 1;
    let place = low & mask;
    while (!Number.isNaN(this.#values[place]) && (this.#keys[2 * place] !== high || this.#keys[2 * place + 1] !== low))
      place = (place + 1) & mask;
    return place;
  }

  part(): KeyedPart {
    return { keys: this.#keys, values: this.#values };
  }

  merge({ keys, values }: KeyedPart): void {
    for (let place = 0; place < values.length; place++)
      if (!Number.isNaN(values[place])) this.set(keys[2 * place]!, keys[2 * place + 1]!, values[place]!);
  }

  #grow(): void {
    const all = this.part();
    this.#size = 0;
    this.#keys = new Int32Array(2 * all.keys.length);
    this.#values = new Float64Array(2 * all.values.length).fill(NaN);
    this.merge(all);
  }
}
