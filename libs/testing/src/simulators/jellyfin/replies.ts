import { reply, type Reply } from '../base/message.js';
import { stableHex } from '../base/random.js';

const JSON_TYPE = 'application/json; charset=utf-8';
/** Dictionaries: their keys are data and keep their case. */
const DICTIONARIES = new Set(['ProviderIds', 'ImageTags', 'ImageBlurHashes', 'Trickplay', 'RequiredHttpHeaders', 'Arguments', 'errors']);

/** Jellyfin escapes what could matter in HTML and everything outside ASCII. */
export function jellyfinJson(value: unknown): string {
  const escape = (char: string) => `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  return JSON.stringify(value)
    .replace(/\\(.)/g, (pair, char: string) => (char === '"' ? '\\u0022' : pair))
    .replace(/[&'+<>`\u0080-\uffff]/g, escape);
}

export const ok = (value: unknown): Reply => reply(200, jellyfinJson(value), JSON_TYPE);
export const noContent = (): Reply => reply(204);
/** 401 and 403 of the access rules: nothing but the status. */
export const bare = (status: number, headers: Record<string, string> = {}): Reply => reply(status, '', undefined, headers);
/** Refused inside a controller. */
export const refused = (status: number): Reply => reply(status, 'Error processing request.', 'text/plain');
/** Refused with its own text: a JSON string. */
export const worded = (status: number, text: string): Reply => reply(status, jellyfinJson(text), JSON_TYPE);

const TITLES: Readonly<Record<number, string>> = { 400: 'Bad Request', 404: 'Not Found', 415: 'Unsupported Media Type' };
const SECTIONS: Readonly<Record<number, string>> = { 400: '15.5.1', 404: '15.5.5', 415: '15.5.16' };

export function problem(status: 400 | 404 | 415, errors?: Record<string, string[]>): Reply {
  const body = {
    type: `https://tools.ietf.org/html/rfc9110#section-${SECTIONS[status]}`,
    title: errors === undefined ? TITLES[status] : 'One or more validation errors occurred.',
    status,
    ...(errors === undefined ? {} : { errors }),
    traceId: `00-${stableHex(JSON.stringify(errors ?? status))}-0000000000000000-00`,
  };
  return reply(status, jellyfinJson(body), JSON_TYPE);
}

export const invalid = (name: string, value: string): Reply => problem(400, { [name]: [`The value '${value}' is not valid.`] });

/** `Accept: application/json; profile="CamelCase"` changes the names of properties, not the keys of dictionaries. */
export function camelCased(answer: Reply): Reply {
  if (answer.status !== 200 || answer.headers['content-type'] !== JSON_TYPE) return answer;
  return { ...answer, body: jellyfinJson(camel(JSON.parse(answer.body) as unknown, false)), headers: { ...answer.headers, 'content-type': 'application/json; profile="CamelCase"; charset=utf-8' } };
}

function camel(value: unknown, dictionary: boolean): unknown {
  if (Array.isArray(value)) return value.map((entry) => camel(entry, false));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [dictionary ? name : name.charAt(0).toLowerCase() + name.slice(1), camel(entry, DICTIONARIES.has(name))]));
}
