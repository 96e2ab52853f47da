import type { Matchable } from './compare.js';
import { namespaceOf } from './provider-ids.js';
import { normalizeTitle } from './titles.js';

/**
 * Are these rows of one server, which share an id, copies of one title? They agree in every namespace that they have in
 * common, and in their name or in a second id. Asked of all holders of an id at once, so the order of rows does not matter.
 */
export function areCopies(rows: readonly Matchable[]): boolean {
  const common = new Map<string, { values: Set<string>; rows: number }>();
  for (const row of rows) {
    const own = new Map<string, string[]>();
    for (const id of row.ids) {
      const namespace = namespaceOf(id);
      const list = own.get(namespace);
      if (list) list.push(id);
      else own.set(namespace, [id]);
    }
    for (const [namespace, values] of own) {
      const known = common.get(namespace);
      if (!known) common.set(namespace, { values: new Set(values), rows: 1 });
      else {
        known.rows += 1;
        known.values = new Set(values.filter((value) => known.values.has(value)));
      }
    }
  }
  if ([...common.values()].some(({ values }) => values.size === 0)) return false;
  if ([...common.values()].filter((entry) => entry.rows === rows.length).length > 1) return true;
  const name = normalizeTitle(rows[0]!.title);
  return name !== '' && rows.every((row) => normalizeTitle(row.title) === name && row.year === rows[0]!.year);
}
