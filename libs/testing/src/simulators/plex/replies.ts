import { jsonReply, reply, type Reply } from '../base/message.js';

const TITLES: Readonly<Record<number, string>> = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' };

/** Refusals are HTML, whatever the client accepts. */
export function htmlReply(status: number): Reply {
  const title = TITLES[status] ?? 'Error';
  return reply(status, `<html><head><title>${title}</title></head><body><h1>${status} ${title}</h1></body></html>`, 'text/html');
}

/** Everything is inside one `MediaContainer`; `size` counts its rows, and an empty list is left out. */
export function container(fields: Readonly<Record<string, unknown>>, list?: { readonly name: string; readonly rows: readonly unknown[] }): Reply {
  const rows = list && list.rows.length > 0 ? { [list.name]: list.rows } : {};
  return jsonReply({ MediaContainer: { ...(list ? { size: list.rows.length } : {}), ...fields, ...rows } }, 200, 'application/json');
}

/** One page of `total` rows: start and size come as headers or query parameters, and both are answered. */
export function page<Item>(request: { header(name: string): string | undefined; query: ReadonlyMap<string, string> }, rows: readonly Item[], rowOf: (item: Item) => unknown, name = 'Metadata'): Reply {
  const given = (key: string) => Number(request.header(key) ?? request.query.get(key) ?? Number.NaN);
  const start = given('x-plex-container-start') || 0;
  const wanted = given('x-plex-container-size');
  const shown = rows.slice(start, Number.isNaN(wanted) ? undefined : start + wanted).map(rowOf);
  const answer = container({ totalSize: rows.length, offset: start }, { name, rows: shown });
  return { ...answer, headers: { ...answer.headers, 'x-plex-container-start': String(start), 'x-plex-container-total-size': String(rows.length) } };
}
