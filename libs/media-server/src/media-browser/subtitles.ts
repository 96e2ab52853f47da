import { AppError, type SubtitleCandidate } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import { get, notThere, orNotThere, rowsOf, send, type DetailCalls } from './detail-calls.js';
import { booleanOf, countOf, fieldsOf, listOf, textOf, type Fields } from './fields.js';

/** ISO 639-1 → 639-2: the vendors want three letters. */
const THREE_LETTERS: Readonly<Record<string, string>> = Object.fromEntries(
  'ar:ara bg:bul bn:ben bs:bos ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng es:spa et:est eu:eus fa:fas fi:fin fr:fra ga:gle gl:glg he:heb hi:hin hr:hrv hu:hun hy:hye id:ind is:isl it:ita ja:jpn ka:kat kk:kaz ko:kor lt:lit lv:lav mk:mkd ms:msa nb:nob nl:nld nn:nno no:nor pl:pol pt:por ro:ron ru:rus sk:slk sl:slv sq:sqi sr:srp sv:swe sw:swa ta:tam te:tel th:tha tl:tgl tr:tur uk:ukr ur:urd vi:vie zh:zho'
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);

/** @throws AppError VALIDATION_FAILED */
export function threeLetters(language: string): string {
  const word = language.trim().toLowerCase();
  const three = /^[a-z]{3}$/.test(word) ? word : Object.hasOwn(THREE_LETTERS, word) ? THREE_LETTERS[word]! : null;
  if (three === null) throw new AppError('VALIDATION_FAILED', 'This is no language code of two or three letters that is known.', { field: 'language' });
  return three;
}

/** Searches of the server's own providers; without one nothing is found. */
export function subtitlesOf(calls: DetailCalls): MediaServer['subtitles'] {
  const { words } = calls;
  /** Which file of the item, where the vendor asks for it. Of one item, as ids that nobody knows list the library. */
  const scope = async (itemId: string): Promise<Record<string, string>> => {
    if (!words.isItemId(itemId)) throw notThere('item', { itemVendorId: itemId });
    if (!words.subtitlesBySource) return {};
    const rows = rowsOf(await get(calls, { path: '/Items', query: { Ids: itemId, Fields: 'MediaSources', EnableUserData: false, EnableImages: false } }, 'GET /Items (files)'), 'items');
    const row = rows.find((each) => textOf(each['Id'], 200) === itemId);
    const source = textOf(fieldsOf(listOf(row?.['MediaSources'])[0])['Id'], 300);
    if (source === null) throw notThere('item', { itemVendorId: itemId });
    return { MediaSourceId: source };
  };
  const path = (itemId: string, last: string): string => `/Items/${encodeURIComponent(itemId)}/RemoteSearch/Subtitles/${encodeURIComponent(last)}`;
  return {
    find: async (itemId, language) => {
      const word = threeLetters(language);
      const answer = await get(calls, { path: path(itemId, word), query: await scope(itemId) }, 'GET /Items/{id}/RemoteSearch/Subtitles/{language}').catch(orNotThere('item'));
      return rowsOf(answer, 'subtitles').flatMap((row) => mapCandidate(row) ?? []);
    },
    fetch: async (itemId, candidateId) => {
      await send(calls, { method: 'POST', path: path(itemId, candidateId), query: await scope(itemId), endpoint: 'POST /Items/{id}/RemoteSearch/Subtitles/{id}' }).catch(orNotThere('item or subtitle'));
    },
  };
}

export function mapCandidate(row: Fields): SubtitleCandidate | null {
  const vendorId = textOf(row['Id'], 2001);
  // a cut id would be another one
  if (vendorId === null || vendorId.length > 2000) return null;
  return {
    vendorId,
    title: textOf(row['Name'], 1000) ?? 'Subtitle',
    provider: textOf(row['ProviderName'], 200),
    language: textOf(row['ThreeLetterISOLanguageName'], 50) ?? textOf(row['Language'], 50),
    format: textOf(row['Format'], 50),
    hearingImpaired: booleanOf(row['HearingImpaired']) ?? booleanOf(row['IsHearingImpaired']),
    forced: booleanOf(row['Forced']) ?? booleanOf(row['IsForced']),
    downloads: countOf(row['DownloadCount']),
  };
}
