import { AppError } from '@usher/contracts';
import { connectionError } from '../http/vendor-errors.js';
import type { VendorHttp, VendorRequest } from '../http/vendor-http.js';
import type { VendorResponse } from '../http/vendor-response.js';
import type { Fields } from '../media-browser/fields.js';
import { readContainer } from './plex.http.js';
import { tokenMissing, type PlexTokens } from './plex.tokens.js';

/** Larger pages slow playback down on this vendor. */
export const PLEX_PAGE = 200;
/** More ids would not fit into one address line. */
export const PLEX_IDS = 100;

type Ask = Omit<VendorRequest, 'method' | 'headers'>;
type Order = Pick<VendorRequest, 'method' | 'path' | 'query' | 'endpoint'>;

/** Calls in one name: the owner's, or that of an account whose token the owner gets. */
export interface PlexVoice {
  /** @throws AppError */
  read(request: Ask): Promise<Fields>;
  /** Sent once. `noun`: what is not there when the server answers 404. @throws AppError */
  order(request: Order, noun: string): Promise<Fields>;
}

/** What the groups of the adapter send, in the owner's name unless they ask for another. */
export interface PlexCalls extends PlexVoice {
  /** @throws AppError USER_TOKEN_MISSING */
  inNameOf(accountId: string): Promise<PlexVoice>;
  machineId(): Promise<string>;
}

export function plexCalls(http: VendorHttp, tokens: PlexTokens, machineId: () => Promise<string>): PlexCalls {
  return {
    ...voice(http, null, () => undefined),
    inNameOf: async (accountId) => {
      const { token } = await tokens.require(accountId);
      return voice(http, token, () => {
        tokens.refused(accountId);
        throw tokenMissing(accountId, 'refused');
      });
    },
    machineId,
  };
}

function voice(http: VendorHttp, token: string | null, onRefused: () => void): PlexVoice {
  const send = async (request: VendorRequest) =>
    await http.send({ ...request, ...(token === null ? {} : { headers: { 'x-plex-token': token } }) }).catch((error: unknown) => {
      const failure = connectionError(error);
      // a token that is refused is no fault of the server's key
      if (failure.code === 'USER_TOKEN_MISSING') onRefused();
      throw failure;
    });
  return {
    read: async (request) => readContainer(await send({ ...request, method: 'GET' })),
    order: async (request, noun) => {
      const answer = await send({ ...request, retry: false }).catch((error: unknown) => {
        const failure = connectionError(error);
        throw failure.code === 'NOT_FOUND' ? notThere(noun, failure.details) : failure;
      });
      return answerOf(answer);
    },
  };
}

/** An order that was taken was taken, whatever its answer says: many answer nothing, some a word. */
function answerOf(answer: VendorResponse): Fields {
  try {
    return readContainer(answer);
  } catch {
    return {};
  }
}

export function notThere(noun: string, details: AppError['details'] = {}): AppError {
  return new AppError('NOT_FOUND', `This ${noun} is not on the media server.`, details);
}

/** Ids of titles, playlists and collections. */
export const isPlexId = (id: string): boolean => /^\d{1,18}$/.test(id);

/** Epoch seconds → ISO; null for what is no time. */
export function secondsToIso(seconds: number | null): string | null {
  return seconds === null || seconds <= 0 || seconds > 253_402_300_799 ? null : new Date(Math.floor(seconds) * 1_000).toISOString();
}

/** All rows of a listing, page by page, at most `max`. A server that does not page sends them all at once. */
export async function readAll(read: (page: { readonly start: number; readonly size: number }) => Promise<readonly Fields[]>, max: number): Promise<Fields[]> {
  const rows: Fields[] = [];
  for (;;) {
    const size = Math.min(PLEX_PAGE, max - rows.length);
    const page = await read({ start: rows.length, size });
    rows.push(...page);
    if (page.length !== size || rows.length >= max) return rows.slice(0, max);
  }
}

export const paged = (start: number, size: number) => ({ 'X-Plex-Container-Start': start, 'X-Plex-Container-Size': size });
