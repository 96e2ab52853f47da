/** Offers a text as a file, from memory. */
export function saveFile(name: string, text: string, type: 'text/csv' | 'application/json' | 'application/x-ndjson'): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken the content by the next turn.
  setTimeout(() => URL.revokeObjectURL(address));
}

/** The report as `usher migrations report --verify` reads it: the signed text letter by letter, and the signature. */
export function reportFile(text: string, jws: string): string {
  return `${JSON.stringify({ apiVersion: 'usher/v1', kind: 'MigrationReport', text, jws }, null, 2)}\n`;
}
