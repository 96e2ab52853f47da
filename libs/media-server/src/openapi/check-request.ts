import { documentFor, findRoute, type RouteFacts, type Surface, type ValueType } from './surface.js';

/** A request as a server saw it: path without the vendor's prefix, query names in lower case. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One thing that the vendor's document does not say. */
export interface Departure {
  /** `METHOD /template` of the document; for a route that it does not have, of the request. */
  readonly route: string;
  /** `route`, `body`, `path NAME`, `query NAME` or `body NAME`. */
  readonly what: string;
  readonly said: string;
}

/** Compares a request with the document of the server's version: route, names and types. Empty = as documented. */
export function departuresOf(surface: Surface, version: string, request: SentRequest): Departure[] {
  const document = documentFor(surface, version);
  const found = findRoute(surface, document, request.method, request.path);
  if (!found) return [{ route: `${request.method} ${request.path}`, what: 'route', said: `document ${document} has no such route` }];
  const { route, facts, values } = found;
  return [...pathDepartures(facts, values), ...queryDepartures(facts, request), ...bodyDepartures(facts, request.body), ...missing(facts, request)].map((each) => ({ route, ...each }));
}

type Part = Omit<Departure, 'route'>;

function pathDepartures(facts: RouteFacts, values: Readonly<Record<string, string>>): Part[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const type = facts.path?.[name] ?? 'any';
    return fitsText(type, value) ? [] : [{ what: `path ${name}`, said: `"${value}" is no ${type}` }];
  });
}

/** Servers take names in any case. */
function queryDepartures(facts: RouteFacts, request: SentRequest): Part[] {
  const known = new Map(Object.entries(facts.query ?? {}).map(([name, type]) => [name.toLowerCase(), type]));
  return Object.entries(request.query).flatMap(([name, value]) => {
    const type = known.get(name) ?? known.get('*');
    if (type === undefined) return [{ what: `query ${name}`, said: 'the route has no such parameter' }];
    return !known.has(name) || fitsText(type, value) ? [] : [{ what: `query ${name}`, said: `"${value}" is no ${type}` }];
  });
}

function bodyDepartures(facts: RouteFacts, body: string): Part[] {
  if (body === '') return [];
  if (facts.body === undefined || facts.body === null) return [{ what: 'body', said: 'the route takes no body' }];
  const value = JSON.parse(body) as unknown;
  if (typeof facts.body === 'string') return fits(facts.body, value) ? [] : [{ what: 'body', said: `is no ${facts.body}` }];
  const known = facts.body;
  return Object.entries(value as Record<string, unknown>).flatMap(([name, each]) => {
    if (!Object.hasOwn(known, name)) return [{ what: `body ${name}`, said: 'the body has no such property' }];
    return each === null || fits(known[name]!, each) ? [] : [{ what: `body ${name}`, said: `${JSON.stringify(each).slice(0, 60)} is no ${known[name]}` }];
  });
}

function missing(facts: RouteFacts, request: SentRequest): Part[] {
  const sent = new Set([...Object.keys(request.query), ...namesOf(request.body)]);
  return (facts.required ?? []).filter((name) => !sent.has(name.toLowerCase())).map((name) => ({ what: `query ${name}`, said: 'is required and missing' }));
}

function namesOf(body: string): string[] {
  const value: unknown = body === '' ? null : JSON.parse(body);
  return value === null || typeof value !== 'object' ? [] : Object.keys(value).map((name) => name.toLowerCase());
}

/** A value in a path or query. Ids come with and without dashes, lists with commas. */
function fitsText(type: ValueType, value: string): boolean {
  switch (type) {
    case 'boolean':
      return /^(true|false)$/i.test(value);
    case 'integer':
      return /^-?\d+$/.test(value);
    case 'number':
      return value.trim() !== '' && Number.isFinite(Number(value));
    case 'uuid':
      return /^[0-9a-f]{32}$/i.test(value.replaceAll('-', ''));
    case 'date-time':
      return /^\d{4}-\d\d-\d\dT.*Z$/.test(value) && !Number.isNaN(Date.parse(value));
    case 'string':
    case 'list':
    case 'object':
    case 'any':
      return true;
    default:
      return type.split('|').some((word) => word.toLowerCase() === value.toLowerCase());
  }
}

/** A value in a JSON body. */
function fits(type: ValueType, value: unknown): boolean {
  if (type === 'any') return true;
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'number') return typeof value === 'number';
  if (type === 'list') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && !Array.isArray(value);
  return typeof value === 'string' && fitsText(type, value);
}
