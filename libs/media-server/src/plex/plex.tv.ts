import { AppError } from '@usher/contracts';
import { TokenBucket, type Clock } from '@usher/resilience';
import type { MediaServerOptions } from '../create-media-server.js';
import { answerInvalid, connectionError, parseJson } from '../http/vendor-errors.js';
import { VendorHttp, type VendorRequest } from '../http/vendor-http.js';
import { booleanOf, fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import { plexHeaders, readContainer } from './plex.http.js';

/** Somebody with whom the server is shared. */
export interface SharedAccount {
  readonly accountId: string;
  readonly email: string | null;
  readonly token: string | null;
  readonly allLibraries: boolean;
  /** Keys of the sections on the server itself. */
  readonly sections: readonly string[];
  readonly downloads: boolean | null;
}

/** A member of the owner's home. */
export interface HomeUser {
  readonly accountId: string;
  readonly uuid: string;
  readonly isOwner: boolean;
  /** Entering needs a PIN, which nobody asks for here. */
  readonly isProtected: boolean;
}

/** plex.tv refuses whoever asks often; one call a second after a short burst. */
const RATE = { ratePerS: 1, burst: 5 };

/** What the owner's token is told at plex.tv. Nothing is asked before somebody needs it. */
export class PlexTv {
  readonly #options: MediaServerOptions;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  #http: VendorHttp | null = null;

  constructor(options: MediaServerOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#bucket = new TokenBucket(RATE, options.clock);
  }

  /** @throws AppError */
  async shared(machineId: string): Promise<SharedAccount[]> {
    const path = `/api/servers/${encodeURIComponent(machineId)}/shared_servers`;
    const container = await this.#send({ method: 'GET', path, endpoint: 'GET plex.tv/api/servers/{id}/shared_servers' }, readContainer).catch(ifMissing<Fields>({}));
    return listOf(container['SharedServer']).map(fieldsOf).flatMap(mapShared);
  }

  /** @throws AppError */
  async home(): Promise<HomeUser[]> {
    const answer = await this.#send({ method: 'GET', path: '/api/v2/home/users', endpoint: 'GET plex.tv/api/v2/home/users' }, parseJson).catch(ifMissing<unknown>({}));
    return listOf(fieldsOf(answer)['users']).map(fieldsOf).flatMap(mapHomeUser);
  }

  /** The token of a home user for the server. Null when plex.tv gives none, or one of somebody else. @throws AppError */
  async enter(user: HomeUser, machineId: string): Promise<string | null> {
    const path = `/api/v2/home/users/${encodeURIComponent(user.uuid)}/switch`;
    const entered = fieldsOf(await this.#send({ method: 'POST', path, endpoint: 'POST plex.tv/api/v2/home/users/{id}/switch' }, parseJson).catch(ifRefused));
    const accountToken = textOf(entered['authToken'], 500);
    if (accountToken === null || textOf(entered['id'], 50) !== user.accountId) return null;
    const query = { includeHttps: 1, includeRelay: 1, includeIPv6: 1 };
    const request = { method: 'GET', path: '/api/v2/resources', query, endpoint: 'GET plex.tv/api/v2/resources', headers: { 'x-plex-token': accountToken } } as const;
    const resources = listOf(await this.#send(request, parseJson)).map(fieldsOf);
    const server = resources.find((row) => textOf(row['clientIdentifier'], 100) === machineId);
    // a token that owns the server is the owner's, whatever name it came under
    if (!server || booleanOf(server['owned']) === true) return null;
    return textOf(server['accessToken'], 500);
  }

  async close(): Promise<void> {
    await this.#http?.close();
  }

  async #send<T>(request: VendorRequest, read: (response: Awaited<ReturnType<VendorHttp['send']>>) => T): Promise<T> {
    while (!this.#bucket.take()) await this.#clock.sleep(this.#bucket.retryAfterMs());
    try {
      return read(await this.#open().send({ ...request, retry: false }));
    } catch (error) {
      const failure = connectionError(error);
      if (failure.code === 'SERVER_RATE_LIMITED') this.#bucket.pause(Number(failure.details['retryAfterMs'] ?? 0));
      throw failure;
    }
  }

  #open(): VendorHttp {
    const { egress, clock, plexTvUrl, onCall } = this.#options;
    this.#http ??= new VendorHttp({
      url: egress.checkUrl(plexTvUrl),
      tls: { verify: true },
      egress,
      clock,
      authHeaders: () => plexHeaders(this.#options),
      ...(onCall ? { onCall } : {}),
    });
    return this.#http;
  }
}

function mapShared(row: Fields): SharedAccount[] {
  const accountId = textOf(row['userID'], 50) ?? textOf(row['userId'], 50);
  if (accountId === null) return [];
  const sections = listOf(row['Section']).map(fieldsOf).filter((section) => booleanOf(section['shared']) === true);
  return [
    {
      accountId,
      email: textOf(row['email'], 320),
      token: textOf(row['accessToken'], 500),
      allLibraries: booleanOf(row['allLibraries']) === true,
      sections: sections.flatMap((section) => textOf(section['key'], 50) ?? []),
      downloads: booleanOf(row['allowSync']),
    },
  ];
}

function mapHomeUser(row: Fields): HomeUser[] {
  const accountId = textOf(row['id'], 50);
  const uuid = textOf(row['uuid'], 100);
  if (accountId === null || uuid === null) return [];
  return [{ accountId, uuid, isOwner: booleanOf(row['admin']) === true, isProtected: booleanOf(row['protected']) === true }];
}

/** A server that is shared with nobody, an owner without a home. */
function ifMissing<T>(instead: T) {
  return (error: unknown): T => {
    const failure = connectionError(error);
    if (failure.code === 'NOT_FOUND') return instead;
    throw failure;
  };
}

/** This account cannot be entered; that says nothing of the owner's own token. */
function ifRefused(error: unknown): Fields {
  const failure = connectionError(error);
  const isRefusal = failure instanceof AppError && (failure.code === 'SERVER_REJECTED_KEY' || failure.code === 'NOT_FOUND');
  if (isRefusal) return {};
  throw failure.code === 'VENDOR_ANSWER_INVALID' ? answerInvalid('plex.tv answered something unexpected.', failure.details) : failure;
}
