/** A path in one form for all systems. */
export interface NormalPath {
  /** `/` between segments, none at the end; drive letters in upper case; UNC as `//host/share`. */
  readonly text: string;
  /** Of Windows or SMB: upper and lower case are equal there. */
  readonly foldsCase: boolean;
}

// eslint-disable-next-line no-control-regex
const ASCII = /^[\u0000-\u007f]*$/;
const DRIVE = /^([A-Za-z]):(?=\/|$)/;

/** Brings `\`, drive letters, UNC, NFC and doubled or trailing slashes into one form. Never fails. */
export function normalizePath(path: string): NormalPath {
  const slashed = path.includes('\\') ? path.replaceAll('\\', '/') : path;
  const isUnc = slashed.startsWith('//') && !slashed.startsWith('///');
  let text = slashed.includes('//') ? slashed.replace(/\/{2,}/g, '/') : slashed;
  if (isUnc) text = `/${text}`;
  const drive = DRIVE.exec(text);
  if (drive) text = `${drive[1]!.toUpperCase()}${text.slice(1)}`;
  if (text.length > 1 && text.endsWith('/')) text = text.slice(0, -1);
  return { text: ASCII.test(text) ? text : text.normalize('NFC'), foldsCase: isUnc || drive !== null || path.includes('\\') };
}

/** Two paths of one server are the same place when their keys are equal. */
export function pathKey(path: string): string {
  return keyOf(normalizePath(path));
}

/**
 * The last `segments` parts of a path, in lower case: what stays equal when the same folder is mounted elsewhere.
 * Null when the path has fewer.
 */
export function pathTail(path: string, segments = 2): string | null {
  return tailOf(normalizePath(path), segments);
}

/** Both at once. */
export function pathNames(path: string): { key: string; tail: string | null } {
  const normal = normalizePath(path);
  return { key: keyOf(normal), tail: tailOf(normal, 2) };
}

function keyOf({ text, foldsCase }: NormalPath): string {
  return foldsCase ? text.toLowerCase() : text;
}

function tailOf({ text }: NormalPath, segments: number): string | null {
  let from = text.length;
  for (let left = segments; left > 0; left--) {
    // Nothing is left in front of the segment before.
    if (from <= 0) return null;
    from = text.lastIndexOf('/', from - 1);
  }
  return text.slice(from + 1).toLowerCase();
}

export function segmentsOf(path: string): string[] {
  return normalizePath(path).text.split('/').filter((part) => part !== '');
}

/** True when `path` is `folder` or lies below it, by whole segments. */
export function isWithin(path: NormalPath, folder: NormalPath): boolean {
  const [inner, outer] = path.foldsCase && folder.foldsCase ? [path.text.toLowerCase(), folder.text.toLowerCase()] : [path.text, folder.text];
  if (!inner.startsWith(outer)) return false;
  return inner.length === outer.length || outer.endsWith('/') || inner[outer.length] === '/';
}
