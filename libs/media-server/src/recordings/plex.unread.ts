import type { Unread } from './unread.js';

export const PLEX_UNREAD: readonly Unread[] = [
  { request: /^GET \/clients$|\/resources$/, why: 'players that can be steered directly are no concern of the server' },
  { request: /^GET \/:\/timeline$/, why: 'what a player’s report is answered with; only positions that are written come back here, and are read from the item' },
  { request: /^GET \/library\/sections\/[^/]+(\/filters)?$|^GET \/library$/, why: 'what could be browsed; nothing is browsed' },
  { request: /^GET \/(hubs\/search|library\/search)/, why: 'nothing is searched by words' },
  { request: /^(GET|POST) \/playQueues/, why: 'the queue of one player' },
  { request: /plex\.tv\/(api\/v2\/(friends|geoip|home|pins|resources|user|users\/signin)|users\/account|api\/users\/)/, why: 'only shares, home users and, as JSON, their servers are asked for at plex.tv' },
  { request: /^GET \/myplex\/account$/, why: 'the account of the owner is asked for nowhere' },
  { request: /^GET \/(servers|system\/agents\/.*|security\/(token|resources))$/, why: 'neighbours, metadata agents and transient tokens are asked for nowhere' },
  { request: /^GET \/statistics\/(bandwidth|media)$/, why: 'what was played is read from the history' },
  { request: /^GET \/livetv\//, why: 'recordings of television are no feature' },
  { request: /^HEAD \//, why: 'the count stands in a header there; it is asked for by a page of size 0' },
  { request: /^GET \/:\/eventsource\/notifications/, why: 'the same notifications come by the socket' },
];
