import { AppError, type HardeningEntry } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { connectionError } from '../http/vendor-errors.js';
import { fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import type { PlexCalls } from './plex.calls.js';
import type { PlexHost } from './plex.host.js';
import type { PlexInfo } from './plex.mapper.js';

/** Read once a day, and again when another version or server answers. */
const OWNED_MS = 24 * 3_600_000;

/** What only the owner is told. */
export interface Owned {
  readonly hardening: readonly HardeningEntry[];
  /** Null where the server does not tell. */
  readonly updateAvailable: boolean | null;
  readonly tellsHost: boolean;
}

/** Proves that the token is the owner's by reading what nobody else may. */
export class PlexOwner {
  #known: { readonly of: string; readonly atMs: number; readonly owned: Owned } | null = null;

  constructor(
    private readonly read: PlexCalls['read'],
    private readonly host: PlexHost,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError SERVER_REJECTED_KEY for a token that is not the owner's */
  async owned({ id, version }: PlexInfo): Promise<Owned> {
    const of = `${id} ${version}`;
    const nowMs = this.clock.monotonicMs();
    if (this.#known?.of !== of || nowMs - this.#known.atMs >= OWNED_MS) {
      const preferences = await this.#preferences();
      this.#known = { of, atMs: nowMs, owned: { hardening: openNetworks(preferences), updateAvailable: await this.#update(version), tellsHost: await this.host.tells() } };
    }
    return this.#known.owned;
  }

  /** Somebody with whom the server is shared gets 401 or 403, although the token is good. */
  async #preferences(): Promise<Fields[]> {
    try {
      return listOf((await this.read({ path: '/:/prefs', endpoint: 'GET /:/prefs' }))['Setting']).map(fieldsOf);
    } catch (error) {
      const failure = connectionError(error);
      if (failure.code !== 'SERVER_REJECTED_KEY') throw failure;
      throw new AppError('SERVER_REJECTED_KEY', "This is not the owner's token: it may not read what an administrator reads.", { ...failure.details, reason: 'not-administrator' });
    }
  }

  /** Builds without an updater answer 404 or nothing that can be read. */
  async #update(version: string): Promise<boolean | null> {
    try {
      return mapPlexUpdate(await this.read({ path: '/updater/status', endpoint: 'GET /updater/status' }), version);
    } catch (error) {
      const failure = connectionError(error);
      if (failure.code === 'SERVER_UNREACHABLE') throw failure;
      return null;
    }
  }
}

/** `GET /updater/status`: releases that are newer, and now and then the one that runs. Before the first check it knows nothing. */
export function mapPlexUpdate(container: Fields, version: string): boolean | null {
  const releases = listOf(container['Release']).flatMap((row) => textOf(fieldsOf(row)['version'], 100) ?? []);
  if (releases.length > 0) return releases.some((release) => release !== version);
  return textOf(container['checkedAt'], 20) === null ? null : false;
}

/** Whoever calls from these addresses needs no token at all (preference "allowedNetworks"). */
function openNetworks(preferences: readonly Fields[]): HardeningEntry[] {
  const networks = textOf(preferences.find((setting) => setting['id'] === 'allowedNetworks')?.['value'], 200);
  if (networks === null) return [];
  const evidence = `These networks are let in without signing in: ${networks}.`;
  return [{ code: 'networks-without-auth', state: 'found', evidence, advice: 'Empty "List of IP addresses and networks that are allowed without auth".' }];
}
