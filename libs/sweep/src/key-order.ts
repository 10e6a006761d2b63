/** Keys of objects in code-unit order. Trials that follow one another have the same keys: those are sorted once. */
export class KeyOrder {
  #given: readonly string[] = [];
  #sorted: readonly string[] = [];

  of(entries: object): readonly string[] {
    const keys = Object.keys(entries);
    const isKnown = keys.length === this.#given.length && keys.every((key, place) => key === this.#given[place]);
    if (!isKnown) {
      this.#given = keys;
      this.#sorted = keys.toSorted();
    }
    return this.#sorted;
  }
}
