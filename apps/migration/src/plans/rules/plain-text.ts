/** True when the database could not store a text of this value. */
export function hasUnstorableText(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0') || /\p{Surrogate}/u.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnstorableText);
}

/** A vendor's text as it can be stored: no control characters, no halves of characters, at most `max` long. */
export function plainText(text: string, max: number): string {
  // eslint-disable-next-line no-control-regex
  const clean = text.replace(/[\u0000-\u001f\u007f]/g, ' ').replace(/\p{Surrogate}/gu, '\uFFFD');
  return clean.length <= max ? clean : clean.slice(0, max).replace(/\p{Surrogate}/gu, '');
}
