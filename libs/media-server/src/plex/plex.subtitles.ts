import { AppError, type SubtitleCandidate } from '@usher/contracts';
import { parseJsonOrNull } from '../http/vendor-errors.js';
import { booleanOf, fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import type { MediaServer } from '../media-server.js';
import { isPlexId, notThere, type PlexCalls } from './plex.calls.js';

const ENDPOINT = '/library/metadata/{id}/subtitles';

/** Asks the provider that the server itself uses, and lets it put one beside the file. */
export function plexSubtitles({ read, order }: PlexCalls): MediaServer['subtitles'] {
  const path = (itemId: string): string => {
    if (!isPlexId(itemId)) throw notThere('title', { itemVendorId: itemId });
    return `/library/metadata/${itemId}/subtitles`;
  };
  return {
    find: async (itemId, language) => {
      const query = { language: twoLetters(language), hearingImpaired: 0, forced: 0 };
      const container = await read({ path: path(itemId), query, endpoint: `GET ${ENDPOINT}` }).catch((error: unknown): never => {
        throw error instanceof AppError && error.code === 'NOT_FOUND' ? notThere('title', { itemVendorId: itemId }) : error;
      });
      return mapPlexSubtitles(container);
    },
    fetch: async (itemId, candidateId) => {
      const wanted = fieldsOf(parseJsonOrNull(candidateId));
      const key = keyOf(wanted['key']);
      if (key === null) throw notThere('subtitle');
      const of = (name: string) => textOf(wanted[name], 100) ?? undefined;
      await order({ method: 'PUT', path: path(itemId), query: { key, codec: of('codec'), language: of('language'), providerTitle: of('providerTitle') }, endpoint: `PUT ${ENDPOINT}` }, 'title');
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
  return typeof value === 'string' && value.trim() !== '' && value.length <= 1_500 ? value : null;
}

/** What the search found. Its id holds what the download has to send back. */
export function mapPlexSubtitles(container: Fields): SubtitleCandidate[] {
  return listOf(container['Stream']).flatMap((each) => {
    const row = fieldsOf(each);
    const key = keyOf(row['key']) ?? keyOf(row['sourceKey']);
    if (key === null) return [];
    const format = textOf(row['codec'], 50) ?? textOf(row['format'], 50);
    const language = textOf(row['languageCode'], 50) ?? textOf(row['languageTag'], 50);
    const provider = textOf(row['providerTitle'], 200);
    const vendorId = JSON.stringify({ key, codec: format ?? undefined, language: language ?? undefined, providerTitle: provider?.slice(0, 100) });
    if (vendorId.length > 2_000) return [];
    return [
      {
        vendorId,
        title: textOf(row['title'], 1000) ?? textOf(row['extendedDisplayTitle'], 1000) ?? textOf(row['displayTitle'], 1000) ?? textOf(key.split('/').at(-1), 1000) ?? 'Subtitle',
        provider,
        language,
        format,
        hearingImpaired: booleanOf(row['hearingImpaired']),
        forced: booleanOf(row['forced']),
        downloads: null,
      },
    ];
  });
}
