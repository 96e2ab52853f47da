const ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi;
const IPV4 = /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g;
const IPV6 = /\[?(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])\]?(?::\d+)?/gi;
const PATH = /(?<![\w/])(?:\/[^\s/"']+){2,}|(?<!\w)[a-z]:\\[^\s"']+/gi;
/** Names that Usher gave itself, some of which read like paths. */
const OWN_WORDS = new Set(['endpoint', 'field', 'code']);
/** Sentences made of accounts and networks, whose names nobody can know here. */
const TELLING = new Set(['evidence']);

/**
 * A copy that can be given to strangers: no address, no name of the machine, no path, none of the given names, no evidence.
 * Times, codes, versions and numbers stay.
 */
export function sanitized<T>(value: T, names: readonly string[]): T {
  const known = [...new Set(names.filter((name) => name.length > 1))].sort((a, b) => b.length - a.length).map((name) => new RegExp(`(?<!\\w)${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\w)`, 'gi'));
  const clean = (text: string): string => {
    // A time reads like an address of the sixth version, and is none.
    if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text)) return text;
    const plain = text.replaceAll(ADDRESS, '[address]').replaceAll(IPV4, (found) => (isVersion(text, found) ? found : '[address]')).replaceAll(IPV6, '[address]').replaceAll(PATH, '[path]');
    return known.reduce((rest, name) => rest.replaceAll(name, '[name]'), plain);
  };
  const walk = (each: unknown, key: string): unknown => {
    if (typeof each === 'string') return key === 'path' ? '[path]' : OWN_WORDS.has(key) ? each : clean(each);
    if (Array.isArray(each)) return each.map((inner) => walk(inner, key));
    if (typeof each === 'object' && each !== null) {
      const entries = Object.entries(each).filter(([name]) => !TELLING.has(name));
      return Object.fromEntries(entries.map(([name, inner]) => [name, walk(inner, name)]));
    }
    return each;
  };
  return walk(value, '') as T;
}

/** `4.9.1.80` alone is a version: nobody writes a bare address into a field of its own here. */
const isVersion = (text: string, found: string): boolean => text === found && !found.includes(':');
