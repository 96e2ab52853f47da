import { readFileSync } from 'node:fs';
import type { ServerKind } from '@usher/contracts';
import { isAtLeast, versionNumbers } from '../tested-versions.js';

/** `boolean`, `integer`, `number`, `string`, `uuid`, `date-time`, `list`, `object`, `any`, or the words of a choice: `a|b`. */
export type ValueType = string;

/** What a vendor's interface document says of one route. */
export interface RouteFacts {
  readonly path?: Readonly<Record<string, ValueType>> | null;
  /** `*`: any name is taken. */
  readonly query?: Readonly<Record<string, ValueType>> | null;
  /** Properties of the JSON body, or one type for a body that is no object; absent = no body is taken. */
  readonly body?: Readonly<Record<string, ValueType>> | ValueType | null;
  /** Names in query or body that may not be missing. */
  readonly required?: readonly string[] | null;
  /** Documents that have the route, when not all do. */
  readonly in?: readonly string[];
  /** Where older documents say something else. */
  readonly but?: Readonly<Record<string, Pick<RouteFacts, 'path' | 'query' | 'body' | 'required'>>>;
}

/** Distilled from the documents of one vendor by `npm run surface`. */
export interface Surface {
  /** Versions, oldest first. */
  readonly documents: readonly string[];
  /** By `METHOD /template`. */
  readonly routes: Readonly<Record<string, RouteFacts>>;
}

export function readSurface(kind: ServerKind): Surface {
  return JSON.parse(readFileSync(new URL(`./${kind}.surface.json`, import.meta.url), 'utf8')) as Surface;
}

/** The newest document that is not newer than the server; for a server older than all of them, the oldest. */
export function documentFor(surface: Surface, version: string): string {
  return surface.documents.findLast((document) => isAtLeast(version, ...versionNumbers(document))) ?? surface.documents[0]!;
}

export interface FoundRoute {
  readonly route: string;
  readonly facts: RouteFacts;
  /** Values of the template's names, decoded. */
  readonly values: Readonly<Record<string, string>>;
}

/** The route of a document that a path belongs to; one with more fixed words wins. */
export function findRoute(surface: Surface, document: string, method: string, path: string): FoundRoute | null {
  const found = Object.entries(surface.routes).flatMap(([route, facts]): FoundRoute[] => {
    const values = facts.in === undefined || facts.in.includes(document) ? valuesOf(route, method, path) : null;
    return values ? [{ route, facts: { ...facts, ...facts.but?.[document] }, values }] : [];
  });
  return found.sort((one, other) => Object.keys(one.values).length - Object.keys(other.values).length)[0] ?? null;
}

/** The values of a route's names in a path; null when the path is of another route. Fixed words compare without case. */
export function valuesOf(route: string, method: string, path: string): Record<string, string> | null {
  const [routeMethod, template] = route.split(' ') as [string, string];
  const words = template.split('/');
  const parts = path.split('/');
  if (routeMethod !== method || words.length !== parts.length) return null;
  const values: Record<string, string> = {};
  for (const [at, word] of words.entries()) {
    if (/^\{\w+\}$/.test(word) && parts[at] !== '') values[word.slice(1, -1)] = parts[at]!;
    else if (word.toLowerCase() !== parts[at]!.toLowerCase()) return null;
  }
  return values;
}
