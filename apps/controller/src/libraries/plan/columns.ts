const FIRST_ROOM = 1_024;
/** PostgreSQL allows it in no text. */
const NULL = '\0';

/** Numbers, eight bytes each; NaN stands for null. */
export class NumberColumn {
  #values = new Float64Array(FIRST_ROOM);
  #count = 0;

  push(value: number | null): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = value ?? Number.NaN;
  }

  at(index: number): number | null {
    const value = this.#values[index]!;
    return Number.isNaN(value) ? null : value;
  }
}

/** Texts of which there are few, many times: each is held once. */
export class WordColumn {
  readonly #codes = new Map<string | null, number>();
  readonly #words: (string | null)[] = [];
  readonly #rows = new NumberColumn();

  push(word: string | null): void {
    let code = this.#codes.get(word);
    if (code === undefined) {
      code = this.#words.push(word) - 1;
      this.#codes.set(word, code);
    }
    this.#rows.push(code);
  }

  at(index: number): string | null {
    return this.#words[this.#rows.at(index)!]!;
  }
}

/** Texts one behind the other; a string is made whenever one is asked for. */
export class TextColumn {
  #bytes = Buffer.allocUnsafeSlow(FIRST_ROOM);
  readonly #ends = new NumberColumn();
  #count = 0;
  #end = 0;

  get count(): number {
    return this.#count;
  }

  push(text: string | null): void {
    const written = text ?? NULL;
    const end = this.#end + Buffer.byteLength(written);
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, this.#bytes.length * 2));
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    this.#bytes.write(written, this.#end);
    this.#end = end;
    this.#ends.push(end);
    this.#count += 1;
  }

  at(index: number): string | null {
    const from = index === 0 ? 0 : this.#ends.at(index - 1)!;
    const text = this.#bytes.toString('utf8', from, this.#ends.at(index)!);
    return text === NULL ? null : text;
  }
}
