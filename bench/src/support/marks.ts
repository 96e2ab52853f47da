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
