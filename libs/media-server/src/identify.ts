import { AppError, type ServerKind } from '@usher/contracts';
import { answerInvalid, connectionError, parseJsonOrNull } from './http/vendor-errors.js';
import type { VendorHttp } from './http/vendor-http.js';
import { booleanOf, fieldsOf, textOf } from './media-browser/fields.js';

/** What an address says about itself to anybody. */
export interface Identity {
  readonly kind: ServerKind;
  readonly machineId: string;
  /** False for a server whose first set-up was never finished. */
  readonly isSetUp: boolean;
}

type Ask = (http: VendorHttp) => Promise<Identity>;

/** Emby and Jellyfin answer the same path; only Jellyfin names its product. */
const askMediaBrowser: Ask = async (http) => {
  const path = '/System/Info/Public';
  return readMediaBrowserIdentity((await http.send({ method: 'GET', path, endpoint: `GET ${path}`, authorize: false, retry: false })).body);
};

const askPlex: Ask = async (http) => {
  return readPlexIdentity((await http.send({ method: 'GET', path: '/identity', endpoint: 'GET /identity', authorize: false, retry: false })).body);
};

const ASKS: Readonly<Record<ServerKind, Ask>> = { emby: askMediaBrowser, jellyfin: askMediaBrowser, plex: askPlex };

/** @throws AppError VENDOR_ANSWER_INVALID for anything but an identity in PascalCase */
export function readMediaBrowserIdentity(body: string): Identity {
  const info = fieldsOf(parseJsonOrNull(body));
  const machineId = textOf(info['Id'], 200);
  if (machineId === null || textOf(info['Version'], 100) === null) throw answerInvalid('No identity of a media server.', { reason: 'shape' });
  const kind = /jellyfin/i.test(textOf(info['ProductName'], 200) ?? '') ? 'jellyfin' : 'emby';
  return { kind, machineId, isSetUp: booleanOf(info['StartupWizardCompleted']) !== false };
}

/** JSON, or the XML of servers that do not read `Accept`. @throws AppError VENDOR_ANSWER_INVALID */
export function readPlexIdentity(body: string): Identity {
  const container = fieldsOf(fieldsOf(parseJsonOrNull(body))['MediaContainer']);
  const xml = /<MediaContainer\b[^>]*\bmachineIdentifier="([^"]{1,200})"/.exec(body.slice(0, 4_000))?.[1];
  const machineId = textOf(container['machineIdentifier'], 200) ?? xml;
  if (!machineId) throw answerInvalid('No identity of a media server.', { reason: 'shape' });
  const claimed = booleanOf(container['claimed']) ?? booleanOf(/\bclaimed="([^"]*)"/.exec(body.slice(0, 4_000))?.[1]);
  return { kind: 'plex', machineId, isSetUp: claimed !== false };
}

/**
 * Asks the public identity endpoints; `vendor` null asks for all.
 * @throws AppError the most telling failure: no connection, a redirect, a start, or reason `not-a-media-server`
 */
export async function identify(http: VendorHttp, vendor: ServerKind | null): Promise<Identity> {
  const asks = vendor === null ? [askMediaBrowser, askPlex] : [...new Set([ASKS[vendor], askMediaBrowser, askPlex])];
  const failures: AppError[] = [];
  for (const answer of await Promise.allSettled(asks.map((ask) => ask(http)))) {
    if (answer.status === 'fulfilled') return answer.value;
    failures.push(connectionError(answer.reason));
  }
  throw failures.find(isTelling) ?? new AppError('SERVER_UNREACHABLE', 'What answers at this address is not a media server.', { reason: 'not-a-media-server' });
}

/** A page, a wrong shape, an unknown path or a sign-in of something else all say: not a media server. */
function isTelling(error: AppError): boolean {
  return error.code === 'SERVER_UNREACHABLE' || error.code === 'SERVER_RATE_LIMITED' || error.code === 'EGRESS_BLOCKED';
}
