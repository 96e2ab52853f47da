/** Hands values to one slow reader: what was not taken in time is replaced by what is newer. */
export class NewestOnly<T> {
  #value: { readonly value: T } | null = null;
  #ended = false;
  #wake: () => void = () => undefined;

  put(value: T): void {
    this.#value = { value };
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *values(signal: AbortSignal): AsyncIterable<T> {
    const onAbort = (): void => this.#wake();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted && !this.#ended) {
        const taken = this.#value;
        this.#value = null;
        if (taken) yield taken.value;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}
