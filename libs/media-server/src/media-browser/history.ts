import type { HistoryEntry, LogEntry, MediaItem, MediaUser } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import { chunksOf, CHUNK, get, rowsOf, type DetailCalls } from './detail-calls.js';
import { textOf, timeOf, type Fields } from './fields.js';
import { itemsById } from './items.js';

const PAGE = 200;
/** As far as one question reads back. */
const MAX_ROWS = 10_000;

interface Event {
  readonly row: Fields;
  readonly id: string;
  readonly at: string;
}

/** The vendors' log of events: what was played, by whom and when, but no position; Jellyfin keeps 30 days of it. */
export function historyOf(calls: DetailCalls, users: () => Promise<MediaUser[]>): MediaServer['history'] {
  const { log } = calls.words;

  /** Newest first, each once: what is logged meanwhile moves rows to the next page. */
  async function* events(scope: { before: string | null; since: string | null; onlyPlaybacks: boolean }, limit: number): AsyncIterable<Event> {
    const size = Math.min(PAGE, Math.max(20, limit));
    const seen = new Set<string>();
    for (let start = 0; start < MAX_ROWS; start += size) {
      const query = { StartIndex: start, Limit: size, ...(scope.since === null ? {} : { MinDate: scope.since }), ...log.query(scope) };
      const rows = rowsOf(await get(calls, { path: '/System/ActivityLog/Entries', query }, 'GET /System/ActivityLog/Entries'), 'events');
      for (const row of rows) {
        const [id, at] = [textOf(row['Id'], 200), timeOf(row['Date'])];
        if (id === null || at === null || seen.has(id)) continue;
        seen.add(id);
        if (scope.since !== null && Date.parse(at) < Date.parse(scope.since)) return;
        if (scope.before === null || Date.parse(at) < Date.parse(scope.before)) yield { row, id, at };
      }
      if (rows.length < size) return;
    }
  }

  const titles = async (ids: readonly string[]): Promise<Map<string, MediaItem>> => {
    const known = new Map<string, MediaItem>();
    for (const chunk of chunksOf([...new Set(ids)].filter((id) => calls.words.isItemId(id)), CHUNK)) {
      for (const item of await itemsById(calls, chunk, { withFiles: false })) known.set(item.vendorId, item);
    }
    return known;
  };

  return {
    log: async (limit, before) => {
      const found: Event[] = [];
      for await (const event of events({ before, since: null, onlyPlaybacks: false }, limit)) if (found.push(event) >= limit) break;
      const people = found.length === 0 ? [] : await users();
      return found.map(({ row, id, at }): LogEntry => {
        const word = textOf(row['Severity'], 50) ?? '';
        return {
          vendorId: id,
          at,
          severity: Object.hasOwn(log.severities, word) ? log.severities[word]! : 'info',
          kind: textOf(row['Type'], 200) ?? 'unknown',
          text: textOf(row['Name'], 2000) ?? textOf(row['ShortOverview'], 2000) ?? '',
          userName: log.userOf(row, people)?.name ?? null,
        };
      });
    },
    playbacks: async (limit, since) => {
      const found: Event[] = [];
      for await (const event of events({ before: null, since, onlyPlaybacks: true }, limit)) {
        if (log.playback.test(textOf(event.row['Type'], 200) ?? '') && found.push(event) >= limit) break;
      }
      if (found.length === 0) return [];
      const [people, items] = [await users(), await titles(found.flatMap(({ row }) => textOf(row['ItemId'], 200) ?? []))];
      return found.map(({ row, id, at }): HistoryEntry => {
        const user = log.userOf(row, people);
        const itemId = textOf(row['ItemId'], 200);
        const item = itemId === null ? undefined : items.get(itemId);
        return {
          vendorId: id,
          at,
          userId: user?.vendorId ?? null,
          userName: user?.name ?? null,
          itemId,
          // of a title that is gone only the line itself is left, in the server's language
          title: item?.title ?? textOf(row['Name'], 1000) ?? 'Unknown title',
          seriesTitle: item?.type === 'episode' ? item.parentTitle : null,
          seasonNumber: item?.type === 'episode' ? item.seasonNumber : null,
          episodeNumber: item?.type === 'episode' ? item.episodeNumber : null,
        };
      });
    },
  };
}

/** Emby names the account of an event by a number that occurs nowhere else: the line begins with its name; the longest that fits. */
export function userNamedFirst(row: Fields, users: readonly MediaUser[]): MediaUser | null {
  if (textOf(row['UserId'], 200) === null) return null;
  const text = textOf(row['Name'], 2000) ?? '';
  const fitting = users.filter(({ name }) => text.startsWith(`${name} `));
  return fitting.sort((a, b) => b.name.length - a.name.length)[0] ?? null;
}

export function userById(row: Fields, users: readonly MediaUser[]): MediaUser | null {
  const id = textOf(row['UserId'], 200)?.replaceAll('-', '').toLowerCase();
  return users.find(({ vendorId }) => vendorId.replaceAll('-', '').toLowerCase() === id) ?? null;
}
