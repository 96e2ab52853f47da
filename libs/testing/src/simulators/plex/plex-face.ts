import type { WebSocket } from 'ws';
import type { Grant, SimulatorCore } from '../base/core.js';
import type { VendorFace } from '../base/endpoint.js';
import type { CatalogueItem, CatalogueLibrary, SimulatedUser } from '../base/media.js';
import { reply, type Reply, type SimulatedRequest } from '../base/message.js';
import type { Playback } from '../base/playback.js';
import type { SimulatedSession } from '../base/playback-engine.js';
import { stableHex } from '../base/random.js';
import { route, Router, type Route } from '../base/router.js';
import { PlexTvStandIn } from './plex-tv.js';
import { PlexDiary } from './diary.js';
import { PlexListStore } from './list.routes.js';
import { PlexNotifications } from './notifications.js';
import { container, htmlReply, page } from './replies.js';
import { detailRow, itemsOfType, listRow, plexAccountId, rootFields, sectionRow, sessionRow } from './rows.js';
import { shelfRoutes } from './shelf.routes.js';
import { stateRoutes } from './state.routes.js';
import { PlexStates } from './states.js';
import { workRoutes, type PlexWork } from './work.routes.js';

export interface Call {
  readonly request: SimulatedRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly grant: Grant | null;
}

/** Plex's wire format on the simulator's state. JSON when asked for; this product always asks. */
export class PlexFace implements VendorFace {
  readonly commonHeaders = { 'x-plex-protocol': '1.0', 'cache-control': 'no-cache' };
  private readonly notifications: PlexNotifications;
  private readonly states: PlexStates;
  private readonly plexTv: PlexTvStandIn;
  private readonly diary: PlexDiary;
  /** Subtitles that were fetched, by item. */
  private readonly fetched = new Map<number, object[]>();
  private readonly router: Router<Call>;

  constructor(
    private readonly core: SimulatorCore,
    private readonly plexPass: boolean,
    /** False: an old server that lists everything whatever is filtered for. */
    private readonly knowsFilters = true,
    work: Omit<PlexWork, 'tellsHost'> = {},
  ) {
    this.notifications = new PlexNotifications(core);
    this.states = new PlexStates(core);
    this.plexTv = new PlexTvStandIn(core, () => this.machineId);
    this.diary = new PlexDiary(core);
    const userOf = (grant: Grant | null) => this.userOf(grant);
    const lists = new PlexListStore(core, { machineId: () => this.machineId, userOf, sees: (user, item) => this.states.sees(user, item) });
    this.router = new Router([
      ...this.plexTv.routes(),
      ...this.routes(),
      ...this.diary.routes(),
      ...workRoutes(core, { ...work, tellsHost: plexPass }),
      ...shelfRoutes(core, { states: this.states, userOf, fetched: this.fetched }),
      ...lists.routes(),
      ...stateRoutes(core, this.states, userOf),
    ]);
  }

  dispose(): void {
    this.notifications.dispose();
    this.diary.dispose();
  }

  async handle(request: SimulatedRequest): Promise<Reply> {
    const match = this.router.match(request.method, request.path);
    const grant = this.grantOf(request);
    if (match === null || 'allow' in match) return htmlReply(grant === null ? 401 : 404);
    const { access } = match.route;
    if (access !== 'any' && grant === null) return htmlReply(401);
    if (access === 'admin' && !this.isOwner(grant)) return htmlReply(403);
    return match.route.handle({ request, params: match.params, grant });
  }

  upgrade(request: SimulatedRequest): Reply | ((socket: WebSocket) => void) {
    if (request.path !== '/:/websockets/notifications') return htmlReply(404);
    if (this.grantOf(request) === null) return htmlReply(401);
    return (socket) => this.notifications.connected(socket);
  }

  starting(): Reply {
    return reply(503, '<html><head><title>Maintenance</title></head><body><h1>503 Service Unavailable</h1></body></html>', 'text/html');
  }

  /** 40 hex digits. */
  private get machineId(): string {
    return this.core.serverId + stableHex(this.core.serverId).slice(0, 8);
  }

  private grantOf(request: SimulatedRequest): Grant | null {
    return this.core.grants.get(request.header('x-plex-token') ?? request.query.get('x-plex-token') ?? '') ?? null;
  }

  /** A key without a user is the owner's. */
  private userOf(grant: Grant | null): SimulatedUser | undefined {
    return grant?.user ?? this.core.users.find((user) => user.isAdministrator);
  }

  private isOwner(grant: Grant | null): boolean {
    return grant !== null && (grant.user === null || grant.user.isAdministrator);
  }

  private shows(grant: Grant | null, library: CatalogueLibrary): boolean {
    const user = this.userOf(grant);
    return user === undefined || this.states.sees(user, { library });
  }

  private playing(): { session: SimulatedSession; playback: Playback }[] {
    return [...this.core.engine.sessions.values()].flatMap((session) => (session.playback === null ? [] : [{ session, playback: session.playback }]));
  }

  private routes(): Route<Call>[] {
    const { catalogue, users } = this.core;
    return [
      route('GET', '/identity', 'any', () => container({ size: 0, machineIdentifier: this.machineId, version: this.core.version, claimed: true })),
      route('GET', '/', 'user', () => container({ size: 25, ...rootFields(this.core, this.machineId, this.plexPass) })),
      route('GET', '/:/prefs', 'admin', () => container({}, { name: 'Setting', rows: [{ id: 'FriendlyName', value: this.core.name, type: 'text' }, { id: 'allowedNetworks', value: '', type: 'text' }] })),
      route('GET', '/status/sessions', 'admin', () => container({}, { name: 'Metadata', rows: this.playing().map(({ session, playback }) => sessionRow(session, playback)) })),
      route('POST', '/status/sessions/terminate', 'admin', (call) => this.terminate(call)),
      route('GET', '/status/sessions/terminate', 'admin', (call) => this.terminate(call)),
      route('GET', '/library/sections', 'user', ({ grant }) => container({ allowSync: false }, { name: 'Directory', rows: catalogue.libraries.filter((library) => this.shows(grant, library)).map(sectionRow) })),
      route('GET', '/library/sections/{key}/all', 'user', ({ request, params, grant }) => {
        const library = catalogue.libraries.find((each) => String(each.number) === params['key']);
        if (!library || !this.shows(grant, library)) return htmlReply(404);
        const user = this.userOf(grant);
        const items = itemsOfType(library, request.query.get('type')).filter((item) => isNewer(request, item) && (user === undefined || !this.knowsFilters || this.states.fits(request, user, item)));
        return page(request, items, (item) => ({ ...listRow(item, wantsGuids(request)), ...(user === undefined ? {} : this.states.row(user, item)) }));
      }),
      route('GET', '/library/metadata/{id}', 'user', ({ params, grant }) => {
        const user = this.userOf(grant);
        const items = params['id']!.split(',').flatMap((id) => catalogue.get(Number(id)) ?? []).filter((item) => user === undefined || this.states.sees(user, item));
        const rows = items.map((item) => ({ ...detailRow(item, true, this.fetched.get(item.number)), ...(user === undefined ? {} : this.states.row(user, item)) }));
        return items.length === 0 ? htmlReply(404) : container({}, { name: 'Metadata', rows });
      }),
      route('GET', '/services/browse', 'admin', ({ request }) => this.browse('/', request)),
      route('GET', '/services/browse/{path*}', 'admin', ({ request, params }) => this.browse(Buffer.from(params['path']!, 'base64').toString('utf8'), request)),
      route('POST', '/library/sections/{key}/refresh', 'admin', (call) => this.scan(call)),
      route('GET', '/library/sections/{key}/refresh', 'admin', (call) => this.scan(call)),
      route('PUT', '/library/metadata/{id}/refresh', 'admin', ({ request, params }) => {
        const item = catalogue.get(Number(params['id']));
        if (item === undefined) return htmlReply(404);
        this.core.tasks.start('refresh', { item, full: request.query.get('force') === '1' });
        return reply(200);
      }),
      route('GET', '/accounts', 'admin', () => {
        const rows = users.map((user) => ({ id: user.isAdministrator ? 1 : plexAccountId(user), key: `/accounts/${user.number}`, name: user.name }));
        return container({ identifier: 'com.plexapp.system.accounts' }, { name: 'Account', rows: [{ id: 0, key: '/accounts/0', name: '' }, ...rows] });
      }),
      route('GET', '/:/timeline', 'user', (call) => this.timeline(call)),
      route('POST', '/:/timeline', 'user', (call) => this.timeline(call)),
    ];
  }

  /** One activity for each library. */
  private scan({ request, params }: Call): Reply {
    const { libraries } = this.core.catalogue;
    const wanted = params['key'] === 'all' ? libraries : libraries.filter((library) => String(library.number) === params['key']);
    if (wanted.length === 0) return htmlReply(404);
    for (const library of wanted) this.core.tasks.start(request.query.get('force') === '1' ? 'refresh' : 'scan', { library, full: request.query.get('force') === '1' });
    return reply(200);
  }

  /** What the server sees of its disk. The path comes in base64. */
  private browse(path: string, request: SimulatedRequest): Reply {
    const found = this.core.disk.list(path);
    if (found === null) return htmlReply(404);
    const rows = (paths: readonly string[]) => paths.map((each) => ({ key: `/services/browse/${Buffer.from(each).toString('base64')}`, title: each.split('/').at(-1), path: each, home: false, network: false }));
    const files = request.query.get('includefiles') === '1' ? { File: rows(found.files) } : {};
    return container({ size: found.folders.length, ...files }, { name: 'Path', rows: rows(found.folders) });
  }

  /** Any client can be ended, but only with the owner's subscription; the reason reaches the viewer. */
  private terminate({ request }: Call): Reply {
    if (!this.plexPass) return htmlReply(403);
    const found = this.playing().find(({ session }) => session.id === request.query.get('sessionid'));
    if (!found) return htmlReply(404);
    this.core.engine.message(found.session, { header: '', text: request.query.get('reason') ?? '', timeoutMs: null });
    this.core.engine.stop(found.session);
    return reply(200);
  }

  /** What a player reports every ten seconds. */
  private timeline({ request, grant }: Call): Reply {
    const user = this.userOf(grant);
    const item = this.core.catalogue.get(Number(request.query.get('ratingkey')));
    if (!user || !item?.file || !this.states.sees(user, item)) return htmlReply(item?.file ? 404 : 400);
    const device = {
      id: request.header('x-plex-client-identifier') ?? 'unknown',
      name: request.header('x-plex-device-name') ?? 'Player',
      client: request.header('x-plex-product') ?? 'Player',
      version: request.header('x-plex-version') ?? '1',
      address: request.remoteAddress,
      platform: request.header('x-plex-platform') ?? 'Unknown',
      controllable: false,
    };
    const { engine } = this.core;
    const session = engine.open(user, device, 'external');
    const positionMs = Number(request.query.get('time') ?? 0);
    const state = request.query.get('state');
    if (state === 'stopped') {
      this.states.stoppedAt(user, item, positionMs, Number(request.query.get('duration') ?? 0));
      engine.stop(session);
    }
    else if (session.playback?.item !== item) engine.start(session, item, 'direct-play', positionMs);
    else engine.report(session, { positionMs, paused: state === 'paused' });
    return container({ size: 0 });
  }
}

/** Of metadata; states change nothing here. */
const isNewer = (request: SimulatedRequest, item: CatalogueItem): boolean => Math.floor(item.addedAtMs / 1_000) > Number(request.query.get('updatedat>>') ?? -1);
const wantsGuids = (request: SimulatedRequest): boolean => request.query.get('includeguids') === '1';
