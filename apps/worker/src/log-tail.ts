/** Enough for a stack trace and what led to it. */
const maxTailCharacters = 8000;

/** The end of what a process wrote. */
export class LogTail {
  #text = '';

  append(chunk: string): void {
    this.#text = (this.#text + chunk).slice(-maxTailCharacters);
  }

  clear(): void {
    this.#text = '';
  }

  get text(): string {
    return this.#text.trim();
  }
}
