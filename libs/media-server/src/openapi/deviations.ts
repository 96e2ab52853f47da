import type { ServerKind } from '@usher/contracts';

/** Where an adapter knowingly sends what the vendor's document does not say. */
export interface Deviation {
  /** `METHOD /template` of the document; for a route that it does not have, a template of our own. */
  readonly route: string;
  /** `route`, `body`, `path NAME`, `query NAME` or `body NAME`; `*` in place of a name stands for all of them. */
  readonly what: string;
  readonly why: string;
}

export const DEVIATIONS: Readonly<Record<ServerKind, readonly Deviation[]>> = {
  jellyfin: [],
  emby: [],
  plex: [],
};
