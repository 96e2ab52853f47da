import type { HistoryEntry, MediaUser } from '@usher/contracts';
import { fieldsOf, integerOf, listOf, numberOf, textOf, type Fields } from '../media-browser/fields.js';
import type { MediaServer } from '../media-server.js';
import { NOT_THERE } from '../not-there.js';
import { paged, readAll, secondsToIso, type PlexCalls } from './plex.calls.js';

/** Playbacks that came to their end, of all people. Of anything else the server tells nothing. */
export function plexHistory({ read }: PlexCalls, accounts: () => Promise<MediaUser[]>): MediaServer['history'] {
  return {
    playbacks: async (limit, since) => {
      const sinceS = since === null ? null : Math.floor(Date.parse(since) / 1_000);
      // one second less: what "after" means at the border differs
      const filter = sinceS === null ? {} : { 'viewedAt>': sinceS - 1 };
      const page = async (start: number, size: number) =>
        listOf((await read({ path: '/status/sessions/history/all', query: { sort: 'viewedAt:desc', ...filter, ...paged(start, size) }, endpoint: 'GET /status/sessions/history/all' }))['Metadata']).map(fieldsOf);
      const rows = await readAll(({ start, size }) => page(start, size), limit);
      const names = new Map((await accounts()).map(({ vendorId, name }) => [vendorId, name]));
      return mapPlexHistory(rows, names).filter(({ at }) => since === null || at >= new Date(sinceS! * 1_000).toISOString()).sort((one, other) => other.at.localeCompare(one.at));
    },
    log: NOT_THERE.history.log,
  };
}

/** Rows of `GET /status/sessions/history/all`. Times are seconds; the item of a row may be gone. */
export function mapPlexHistory(rows: readonly Fields[], names: ReadonlyMap<string, string>): HistoryEntry[] {
  return rows.flatMap((row) => {
    const at = secondsToIso(numberOf(row['viewedAt']));
    if (at === null) return [];
    const account = textOf(row['accountID'], 200);
    // 0: played without an account
    const userId = account === '0' ? null : account;
    const itemId = textOf(row['ratingKey'], 200);
    const isEpisode = row['type'] === 'episode';
    return [
      {
        vendorId: textOf(row['historyKey'], 300) ?? `${at} ${account} ${itemId}`,
        at,
        userId,
        userName: userId === null ? null : (names.get(userId) ?? null),
        itemId,
        title: textOf(row['title'], 1000) ?? 'Unknown title',
        seriesTitle: isEpisode ? textOf(row['grandparentTitle'], 1000) : null,
        seasonNumber: isEpisode ? integerOf(row['parentIndex']) : null,
        episodeNumber: isEpisode ? integerOf(row['index']) : null,
      },
    ];
  });
}
