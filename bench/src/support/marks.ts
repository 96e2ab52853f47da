/** The shapes in which a secret could lie somewhere: as it is, as hex, as Base64 at each of three alignments, backwards. */
export function shapesOf(mark: string): Buffer[] {
  const bytes = Buffer.from(mark, 'utf8');
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].flatMap((shift) => {
    // characters that depend on what stands before or after are cut off
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').replace(/=+$/, '');
    const inner = text.slice(shift === 0 ? 0 : shift + 1, (bytes.length + shift) % 3 === 0 ? undefined : -1);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const texts = [mark, hex, hex.toUpperCase(), ...base64, [...mark].reverse().join('')];
  return [...new Set(texts)].map((text) => Buffer.from(text, 'latin1'));
}

/** How many of the marks stand in the bytes, in any shape. */
export function hitsOf(content: Buffer | string, marks: readonly string[]): number {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  return marks.filter((mark) => shapesOf(mark).some((shape) => bytes.includes(shape))).length;
}

const TABLE_BITS = 22;
const slotOf = (key: number): number => Math.imul(key, 0x9e3779b1) >>> (32 - TABLE_BITS);
const keyAt = (bytes: Buffer, i: number): number => bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);

/** Thousands of marks in all their shapes, found in one pass over the bytes. */
export class MarkIndex {
  private readonly table = new Uint8Array(1 << TABLE_BITS);
  private readonly byKey = new Map<number, Buffer[]>();

  constructor(marks: readonly string[]) {
    for (const shape of marks.flatMap(shapesOf)) {
      const key = keyAt(shape, 0);
      this.table[slotOf(key)] = 1;
      this.byKey.set(key, [...(this.byKey.get(key) ?? []), shape]);
    }
  }

  isIn(bytes: Buffer): boolean {
    for (let i = 0; i + 4 <= bytes.length; i++) {
      const key = keyAt(bytes, i);
      if (this.table[slotOf(key)] === 0) continue;
      if (this.byKey.get(key)?.some((shape) => bytes.subarray(i, i + shape.length).equals(shape))) return true;
    }
    return false;
  }
}
