import type { WebSocket } from 'ws';
import type { VendorFace } from '../base/endpoint.js';
import { reply, type Reply, type SimulatedRequest } from '../base/message.js';
import type { Playback } from '../base/playback.js';
import type { PlaybackChange, SimulatedSession } from '../base/playback-engine.js';
import { Router } from '../base/router.js';
import { accountRoutes } from './account.routes.js';
import { discoveryRoutes } from './discovery.routes.js';
import { libraryChangeRoutes } from './library-change.routes.js';
import { libraryRoutes } from './library.routes.js';
import { listRoutes } from './list.routes.js';
import { badToken, text } from './replies.js';
import { grantOf, type EmbyContext, type EmbyServer } from './server.js';
import { sessionRoutes } from './session.routes.js';
import { playMethod } from './sessions.js';
import { EmbySockets } from './sockets.js';
import { systemRoutes } from './system.routes.js';
import { userDataRoutes } from './user-data.routes.js';
import { userRoutes } from './user.routes.js';
import { workRoutes } from './work.routes.js';

const RESTART = { closesMs: 100, backMs: 3_000 } as const;

/** Emby's answers over a simulated server's state. */
export class EmbyFace implements VendorFace {
  readonly commonHeaders = { server: 'Kestrel' };
  private readonly router = new Router<EmbyContext>([
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
  private readonly sockets: EmbySockets;
  private disposed = false;

  constructor(private readonly server: EmbyServer) {
    this.sockets = new EmbySockets(server);
    server.onRestart = () => void this.restart();
    server.core.engine.onChange((change, session, playback) => this.onChange(change, session, playback));
  }

  handle(request: SimulatedRequest): Reply | Promise<Reply> {
    const found = this.router.match(request.method, withoutPrefix(request.path));
    if (found === null) return text(404, `Unable to find the specified resource: ${request.path}`);
    if ('allow' in found) return reply(405, '', undefined, { allow: found.allow.join(', ') });
    const grant = grantOf(this.server, request);
    if (found.route.access !== 'any' && grant === null) return badToken();
    if (grant?.user === null) this.server.keyRows.set(grant.token, this.server.core.clock.now());
    if (found.route.access === 'admin' && grant?.user != null && !grant.user.isAdministrator) return text(403, `User ${grant.user.name} does not have access to ManageServer feature.`);
    return found.route.handle({ server: this.server, request, params: found.params, grant });
  }

  /** The upgrade succeeds whatever the token; a bad one is simply never told anything. */
  upgrade(request: SimulatedRequest): Reply | ((socket: WebSocket) => void) {
    if (!/^(\/emby)?(\/embywebsocket|\/socket|\/)?$/i.test(request.path)) return text(404, 'Not found');
    return (socket) => this.sockets.accept(socket, grantOf(this.server, request));
  }

  starting(): Reply {
    return reply(503, '<html><body><h1>Service Unavailable</h1></body></html>', 'text/html');
  }

  dispose(): void {
    this.disposed = true;
    this.sockets.dispose();
  }

  private onChange(change: PlaybackChange, session: SimulatedSession, playback: Playback | null): void {
    const { server } = this;
    if (playback !== null) server.lastMethods.set(session.id, playMethod(session, playback));
    if ((change === 'started' || change === 'stopped') && playback !== null) {
      const done = change === 'started' ? { verb: 'is playing', type: 'playback.start' } : { verb: 'has finished playing', type: 'playback.stop' };
      server.activity.add({ name: `${session.user.name} ${done.verb} ${playback.item.title}`, type: done.type, user: session.user, item: playback.item, severity: 'Information', shortOverview: null });
    }
    if (change !== 'message') server.onPush('Sessions');
  }

  private async restart(): Promise<void> {
    const { clock, engine, endpoint } = this.server.core;
    this.sockets.broadcast('ServerRestarting');
    await clock.sleep(RESTART.closesMs);
    if (this.disposed) return;
    await endpoint.setFault({ kind: 'refuse' });
    for (const session of engine.sessions.values()) engine.close(session);
    await clock.sleep(RESTART.backMs);
    if (!this.disposed) await endpoint.clearFault();
  }
}

/** `/emby` may stand before everything, in any case. */
const withoutPrefix = (path: string): string => path.replace(/^\/emby(?=\/)/i, '');
