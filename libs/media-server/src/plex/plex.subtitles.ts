import { createHash } from 'node:crypto';
import { AppError, type SubtitleCandidate } from '@usher/contracts';
import { booleanOf, fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import type { MediaServer } from '../media-server.js';
import { isPlexId, notThere, type PlexCalls } from './plex.calls.js';

const ENDPOINT = '/library/metadata/{id}/subtitles';
const MAX_KEY = 1_500;
const MAX_FORMAT = 10;

/** What the search found, and what the download of it has to send back. */
export interface PlexSubtitle {
  readonly candidate: SubtitleCandidate;
  readonly order: { readonly key: string; readonly codec: string | undefined; readonly language: string | undefined; readonly providerTitle: string | undefined };
}

/** Asks the provider that the server itself uses, and lets it put one beside the file. */
export function plexSubtitles({ read, order }: PlexCalls): MediaServer['subtitles'] {
  const path = (itemId: string): string => {
    if (!isPlexId(itemId)) throw notThere('title', { itemVendorId: itemId });
    return `/library/metadata/${itemId}/subtitles`;
  };
  const search = async (itemId: string, language: string): Promise<PlexSubtitle[]> => {
    const query = { language, hearingImpaired: 0, forced: 0 };
    const container = await read({ path: path(itemId), query, endpoint: `GET ${ENDPOINT}` }).catch((error: unknown): never => {
      throw error instanceof AppError && error.code === 'NOT_FOUND' ? notThere('title', { itemVendorId: itemId }) : error;
    });
    return mapPlexSubtitles(container, language);
  };
  return {
    find: async (itemId, language) => (await search(itemId, twoLetters(language))).map(({ candidate }) => candidate),
    /** The server keeps no list of what it found: it is asked again, and answers what the id names or something else by now. */
    fetch: async (itemId, candidateId) => {
      const language = /^([a-z]{2,3})\.[a-z0-9]+\.[\w-]+$/.exec(candidateId)?.[1];
      const wanted = language === undefined ? undefined : (await search(itemId, language)).find(({ candidate }) => candidate.vendorId === candidateId);
      if (!wanted) throw notThere('subtitle');
      await order({ method: 'PUT', path: path(itemId), query: { ...wanted.order }, endpoint: `PUT ${ENDPOINT}` }, 'title');
    },
  };
}

/** `eng`, `ger` and `de` are all known; the provider hears two letters. @throws AppError VALIDATION_FAILED */
function twoLetters(language: string): string {
  if (/^[a-z]{2,3}$/i.test(language)) {
    const [locale] = Intl.getCanonicalLocales(language);
    if (locale !== undefined) return locale;
  }
  throw new AppError('VALIDATION_FAILED', 'This is no language.', { field: 'language' });
}

/** A key that was cut would be another one. */
function keyOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' && value.length <= MAX_KEY ? value : null;
}

/** `en.srt.Zk3q9dLw1a`: the language that was searched for, the format, and a short name of the provider's own id. */
function idOf(language: string, format: string | null, source: string): string {
  const kind = (format ?? '').toLowerCase().replaceAll(/[^a-z0-9]/g, '').slice(0, MAX_FORMAT) || 'any';
  return `${language}.${kind}.${createHash('sha256').update(source).digest('base64url').slice(0, 10)}`;
}

/** What a search in this language found. */
export function mapPlexSubtitles(container: Fields, searched: string): PlexSubtitle[] {
  return listOf(container['Stream']).flatMap((each) => {
    const row = fieldsOf(each);
    const key = keyOf(row['key']) ?? keyOf(row['sourceKey']);
    if (key === null) return [];
    const format = textOf(row['codec'], 50) ?? textOf(row['format'], 50);
    const language = textOf(row['languageCode'], 50) ?? textOf(row['languageTag'], 50);
    const provider = textOf(row['providerTitle'], 200);
    return [
      {
        candidate: {
          vendorId: idOf(searched, format, keyOf(row['sourceKey']) ?? key),
          title: textOf(row['title'], 1000) ?? textOf(row['extendedDisplayTitle'], 1000) ?? textOf(row['displayTitle'], 1000) ?? textOf(key.split('/').at(-1), 1000) ?? 'Subtitle',
          provider,
          language,
          format,
          hearingImpaired: booleanOf(row['hearingImpaired']),
          forced: booleanOf(row['forced']),
          downloads: null,
        },
        order: { key, codec: format ?? undefined, language: language ?? undefined, providerTitle: provider?.slice(0, 100) },
      },
    ];
  });
}
