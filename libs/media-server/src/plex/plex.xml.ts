/** Elements that JSON answers put into `Metadata`. */
const METADATA = new Set(['Video', 'Track', 'Photo', 'Playlist']);

/** True for elements that JSON answers list as `Metadata`. */
export function isMetadata(name: string): boolean {
  return METADATA.has(name);
}

/** Elements that stand once in their parent; all others are lists, as in JSON answers. */
const SINGLE = new Set(['User', 'Player', 'Session', 'TranscodeSession']);

type Node = Record<string, unknown>;

const TOKEN = /<(?:\?[^]*?\?|!--[^]*?--|![^>]*|(\/?)([A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?))>/g;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Plex speaks JSON when asked, but old servers and proxies in front of it answer XML all the same. Its XML carries
 * everything in attributes, so elements become objects in the shape of the JSON answer; text is ignored. No document
 * type, no entity beyond the five of XML and numbers: there is nothing that could be expanded.
 * @returns `{ MediaContainer: … }`, or null when the text is no such document
 */
export function parsePlexXml(text: string): unknown {
  const root: Node = {};
  const stack: Node[] = [root];
  for (const [, closing, name, attributes, selfClosing] of text.matchAll(TOKEN)) {
    if (name === undefined) continue;
    if (closing) {
      if (stack.length > 1) stack.pop();
      continue;
    }
    const node = attributesOf(attributes ?? '');
    attach(stack.at(-1)!, name, node, stack.length === 1);
    if (!selfClosing) stack.push(node);
    if (stack.length > 32) return null;
  }
  return 'MediaContainer' in root ? root : null;
}

function attach(parent: Node, name: string, node: Node, isRoot: boolean): void {
  const key = isMetadata(name) ? 'Metadata' : name;
  if (isRoot || (SINGLE.has(name) && !Array.isArray(parent[key]) && !('size' in parent))) parent[key] = node;
  else if (Array.isArray(parent[key])) (parent[key] as Node[]).push(node);
  else parent[key] = [node];
}

function attributesOf(text: string): Node {
  const node: Node = Object.create(null) as Node;
  for (const [, name, double, single] of text.matchAll(ATTRIBUTE)) node[name!] = unescape(double ?? single ?? '');
  return node;
}

function unescape(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (whole, hex: string | undefined, decimal: string | undefined, named: string | undefined) => {
    if (named !== undefined) return ENTITIES[named] ?? whole;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
