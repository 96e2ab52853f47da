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
  jellyfin: [
    { route: 'GET /socket', what: 'route', why: 'The document describes the messages of the socket, not the handshake that opens it.' },
    { route: 'POST /Items/{itemId}/Refresh', what: 'query recursive', why: 'Emby needs it and shares the code; Jellyfin always refreshes what is below and ignores names that it does not know.' },
    { route: 'GET /System/ActivityLog/Entries', what: 'query type', why: 'New in 12; older servers ignore the name and the rows are looked through here.' },
    { route: 'GET /System/ActivityLog/Entries', what: 'query maxdate', why: 'New in 12; older servers ignore the name and the rows are looked through here.' },
  ],
  emby: [
    { route: 'GET /embywebsocket', what: 'route', why: 'The document leaves the socket out.' },
    { route: 'GET /Items', what: 'query collapseboxsetitems', why: 'Jellyfin needs it and shares the code; Emby ignores names that it does not know.' },
    { route: 'GET /Users/{UserId}/Items', what: 'query collapseboxsetitems', why: 'Jellyfin needs it and shares the code; Emby ignores names that it does not know.' },
    { route: 'POST /Playlists', what: 'query userid', why: 'A key has no user of its own: whose list it becomes has to be said. The document forgets it, as it does with the body.' },
    { route: 'POST /Users/{Id}/Policy', what: 'body *', why: 'A policy goes back as the whole document that was read; real servers have settings in it that their published document forgets.' },
  ],
  plex: [
    { route: 'GET /:/websockets/notifications', what: 'route', why: 'The document writes "websocket"; servers and all players know "websockets".' },
    { route: 'GET /accounts', what: 'route', why: 'Left out of the document. It is the only list of accounts on the server itself.' },
    { route: 'GET /library/sections', what: 'route', why: 'The document has it as /library/sections/all since 1.42 only; all versions answer this one.' },
    { route: 'POST /library/sections/{sectionId}/refresh', what: 'path sectionId', why: 'Keys of sections are sent as they were listed; "all" in place of one is the older spelling of a scan of everything.' },
    { route: 'GET /library/metadata/{ids}', what: 'query includeguids', why: 'Documented for lists only; details take it the same way.' },
    { route: 'GET /services/browse/{path}', what: 'route', why: 'Left out of the document; the web application chooses folders with it, and nothing else tells whether the server sees one.' },
    { route: 'GET /api/servers/{machineId}/shared_servers', what: 'route', why: 'plex.tv is not part of the document. Nothing else tells the tokens of those with whom the server is shared.' },
    { route: 'GET /api/v2/home/users', what: 'route', why: 'plex.tv is not part of the document.' },
    { route: 'POST /api/v2/home/users/{uuid}/switch', what: 'route', why: 'plex.tv is not part of the document.' },
  ],
};
