import type { WebSocket } from 'ws';
import type { VendorFace } from '../base/endpoint.js';
import type { Fault } from '../base/faults.js';
import { reply, type Reply, type SimulatedRequest } from '../base/message.js';
import type { Playback } from '../base/playback.js';
import type { PlaybackChange, SimulatedSession } from '../base/playback-engine.js';
import { Router } from '../base/router.js';
import { accountRoutes } from './account.routes.js';
import { grantOf, isAdministrator } from './authorization.js';
import { discoveryRoutes } from './discovery.routes.js';
import { libraryChangeRoutes } from './library-change.routes.js';
import { libraryRoutes } from './library.routes.js';
import { listRoutes } from './list.routes.js';
import { bare, camelCased, ok, refused } from './replies.js';
import type { JellyfinContext, JellyfinServer } from './server.js';
import { sessionRoutes } from './session.routes.js';
import { JellyfinSockets } from './sockets.js';
import { publicInfo, systemRoutes } from './system.routes.js';
import { userDataRoutes } from './user-data.routes.js';
import { userRoutes } from './user.routes.js';
import { workRoutes } from './work.routes.js';

const LOADING = 'Jellyfin Server is loading. Please try again shortly.';
const SETUP_PAGE = `<!DOCTYPE html><html><head><title>Jellyfin is starting</title></head><body><h1>Server is starting</h1>${'<p>Migrating the database.</p>'.repeat(2_000)}</body></html>`;
/** Times of a restart: the port closes, comes back (later when sockets were open), then two phases of start-up. */
const RESTART = { closesMs: 100, backMs: 2_000, backWithSocketsMs: 10_000, setupMs: 400, loadingMs: 300 } as const;

/** Jellyfin's answers over a simulated server's state. */
export class JellyfinFace implements VendorFace {
  readonly commonHeaders = { server: 'Kestrel', 'x-response-time-ms': '0.4' };
  private readonly router = new Router<JellyfinContext>([
    ...systemRoutes,
    ...workRoutes,
    ...accountRoutes,
    ...userRoutes,
    ...userDataRoutes,
    ...discoveryRoutes,
    ...listRoutes,
    ...libraryRoutes,
    ...libraryChangeRoutes,
    ...sessionRoutes,
  ]);
  private readonly sockets: JellyfinSockets;
  private disposed = false;

  constructor(private readonly server: JellyfinServer) {
    this.sockets = new JellyfinSockets(server);
    server.onRestart = () => void this.restart();
    server.core.engine.onChange((change, session, playback) => this.onChange(change, session, playback));
  }

  async handle(request: SimulatedRequest): Promise<Reply> {
    const answer = await this.answer(request);
    return wantsCamelCase(request.header('accept') ?? '') ? camelCased(answer) : answer;
  }

  upgrade(request: SimulatedRequest): Reply | ((socket: WebSocket) => void) {
    if (!/^\/socket\/?$/i.test(this.plainPath(request.path))) return bare(404);
    const grant = grantOf(this.server, request);
    return grant === null ? refused(403) : (socket) => this.sockets.accept(socket, grant);
  }

  starting(request: SimulatedRequest, { phase = 'loading' }: Extract<Fault, { kind: 'starting' }>): Reply {
    const path = request.path.toLowerCase();
    if (phase === 'loading') {
      if (path === '/system/ping') return ok('Jellyfin Server');
      return reply(503, LOADING, 'text/html');
    }
    if (path === '/health') return reply(200, 'Degraded', 'text/plain');
    if (path === '/system/info/public') return phase === 'camel-case' ? camelCasedInfo(this.server) : bare(503, { 'retry-after': '005' });
    return reply(503, SETUP_PAGE, 'text/html', { 'retry-after': '005' });
  }

  dispose(): void {
    this.disposed = true;
    this.sockets.dispose();
  }

  /** 12 no longer strips the old path prefixes. */
  private plainPath(path: string): string {
    return this.server.major >= 12 ? path : path.replace(/^\/(emby|mediabrowser)(?=\/)/i, '');
  }

  private answer(request: SimulatedRequest): Reply | Promise<Reply> {
    const path = this.plainPath(request.path);
    if (/\/\/$/.test(path)) return bare(404);
    const found = this.router.match(request.method, path);
    if (found === null) return bare(404);
    if ('allow' in found) return bare(405, { allow: found.allow.join(', ') });
    const grant = grantOf(this.server, request);
    if (found.route.access !== 'any' && grant === null) return bare(401);
    if (found.route.access === 'admin' && !isAdministrator(grant!)) return bare(403);
    if (grant?.user != null) grant.user.lastSeenAtMs = this.server.core.clock.now();
    return found.route.handle({ server: this.server, request, params: found.params, grant });
  }

  private onChange(change: PlaybackChange, session: SimulatedSession, playback: Playback | null): void {
    const { activity } = this.server;
    const { user, device } = session;
    if (change === 'progress' && playback?.encoderGone === true) playback.setDelivery('direct-play');
    if (change === 'opened' || change === 'closed') {
      const done = change === 'opened' ? { verb: 'is online from', type: 'SessionStarted' } : { verb: 'has disconnected from', type: 'SessionEnded' };
      activity.add({ name: `${user.name} ${done.verb} ${device.name}`, type: done.type, user, item: null, severity: 'Information', shortOverview: `IP address: ${device.address}` });
    }
    if ((change === 'started' || change === 'stopped') && playback !== null) {
      const kind = playback.item.kind === 'track' ? 'AudioPlayback' : 'VideoPlayback';
      const done = change === 'started' ? { verb: 'is playing', type: kind } : { verb: 'has finished playing', type: `${kind}Stopped` };
      activity.add({ name: `${user.name} ${done.verb} ${playback.item.title} on ${device.name}`, type: done.type, user, item: playback.item, severity: 'Information', shortOverview: null });
    }
    if (change === 'progress') this.sockets.pushProgress();
    else if (change !== 'message') this.server.onPush('Sessions');
  }

  /** Announces itself, closes, and comes back through its phases. What played is forgotten. */
  private async restart(): Promise<void> {
    const { clock, engine, endpoint } = this.server.core;
    const backMs = this.sockets.open > 0 ? RESTART.backWithSocketsMs : RESTART.backMs;
    this.sockets.broadcast('ServerRestarting');
    await clock.sleep(RESTART.closesMs);
    if (this.disposed) return;
    await endpoint.setFault({ kind: 'refuse' });
    for (const session of engine.sessions.values()) engine.close(session);
    this.server.keyRows.clear();
    await clock.sleep(backMs);
    for (const [phase, lastsMs] of [['setup', RESTART.setupMs], ['loading', RESTART.loadingMs]] as const) {
      if (this.disposed) return;
      await endpoint.clearFault({ kind: 'starting', phase });
      await clock.sleep(lastsMs);
    }
    if (!this.disposed) await endpoint.clearFault();
  }
}

/** The first kind of JSON that is named decides; the vendor's own client names all of them, the plain one first. */
const wantsCamelCase = (accept: string): boolean => /profile="?camelcase/i.test(accept.split(',').find((kind) => /json/i.test(kind)) ?? '');

const camelCasedInfo = (server: JellyfinServer): Reply => {
  const answer = camelCased(ok(publicInfo(server, false)));
  return { ...answer, headers: { 'content-type': 'application/json; charset=utf-8' } };
};
