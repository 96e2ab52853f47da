import type { ServerKind } from '@usher/contracts';
import { departuresOf, type Departure, type SentRequest } from './check-request.js';
import { DEVIATIONS, type Deviation } from './deviations.js';
import { readSurface, valuesOf, type Surface } from './surface.js';

/** A request with the version of the server that got it. */
export interface LoggedRequest extends SentRequest {
  readonly version: string;
}

/** Checks what was sent against the vendors' documents and remembers which deviations that took. */
export class SentRequests {
  readonly #surfaces = new Map<ServerKind, Surface>();
  readonly #used = new Set<Deviation>();

  /** What no deviation explains, one line each. */
  unexplained(kind: ServerKind, requests: readonly LoggedRequest[]): string[] {
    const lines = requests.flatMap((request) => {
      const sent = { ...request, path: kind === 'emby' ? request.path.replace(/^\/emby(?=\/)/i, '') : request.path };
      return departuresOf(this.#surface(kind), request.version, sent).filter((departure) => !this.#isKnown(kind, sent, departure));
    });
    return [...new Set(lines.map(({ route, what, said }) => `${kind}: ${route}: ${what}: ${said}`))].sort();
  }

  /** Deviations that no request took until now. */
  unused(kind: ServerKind): string[] {
    return DEVIATIONS[kind].filter((each) => !this.#used.has(each)).map(({ route, what }) => `${route}: ${what}`);
  }

  #surface(kind: ServerKind): Surface {
    const surface = this.#surfaces.get(kind) ?? readSurface(kind);
    this.#surfaces.set(kind, surface);
    return surface;
  }

  #isKnown(kind: ServerKind, request: SentRequest, { route, what }: Departure): boolean {
    const known = DEVIATIONS[kind].filter((each) => (what === 'route' ? each.what === 'route' && valuesOf(each.route, request.method, request.path) !== null : each.route === route && covers(each.what, what)));
    for (const each of known) this.#used.add(each);
    return known.length > 0;
  }
}

/** `query *` covers every `query NAME`. */
function covers(known: string, what: string): boolean {
  return known === what || (known.endsWith(' *') && what.startsWith(known.slice(0, -1)));
}
