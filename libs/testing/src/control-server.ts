import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PlaybackHandle } from './simulators/base/control.js';
import type { DeliveryPlan } from './simulators/base/delivery.js';
import type { Fault } from './simulators/base/faults.js';
import type { PaceOptions } from './simulators/base/pace.js';
import type { StoredState } from './simulators/base/watch-store.js';
import type { Fleet } from './simulators/fleet.js';

/** What may be done to a fleet of another process: one JSON object per POST, answered by one. */
export type ControlOrder =
  | { readonly do: 'start'; readonly server: string; readonly user?: string; readonly item?: string; readonly delivery?: DeliveryPlan; readonly deviceId?: string }
  | { readonly do: 'pause' | 'resume' | 'stop' | 'vanish'; readonly playback: string }
  | { readonly do: 'seek'; readonly playback: string; readonly positionMs: number }
  | { readonly do: 'setDelivery'; readonly playback: string; readonly delivery: DeliveryPlan }
  /** `path`: a regular expression. */
  | { readonly do: 'setFault'; readonly server: string; readonly fault: Exclude<Fault, { kind: 'rewrite' }>; readonly path?: string; readonly methods?: readonly string[]; readonly times?: number }
  | { readonly do: 'setPace'; readonly server: string; readonly pace: PaceOptions }
  | { readonly do: 'setState'; readonly server: string; readonly user: string; readonly item: string; readonly state: Partial<StoredState> }
  | { readonly do: 'states'; readonly server: string; readonly user: string }
  | { readonly do: 'setPolicy'; readonly server: string; readonly user: string; readonly policy: Readonly<Record<string, unknown>> }
  | { readonly do: 'clearFault' | 'rotateKey' | 'requests' | 'users'; readonly server: string };

/** A wrong order of a test must fail loudly, not do something else. */
function parseOrder(body: string): ControlOrder {
  const order = JSON.parse(body) as ControlOrder;
  const known = ['start', 'pause', 'resume', 'stop', 'vanish', 'seek', 'setDelivery', 'setFault', 'setPace', 'setState', 'states', 'setPolicy', 'clearFault', 'rotateKey', 'requests', 'users'];
  if (!known.includes(order.do)) throw new Error(`unknown order ${String(order.do)}`);
  if (order.do === 'seek' && !Number.isFinite(order.positionMs)) throw new Error('seek needs positionMs');
  if (order.do === 'setState' && (typeof order.state !== 'object' || order.state === null)) throw new Error('setState needs a state');
  if (order.do === 'setFault' && typeof order.fault?.kind !== 'string') throw new Error('setFault needs a fault');
  return order;
}

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The control surface of a fleet over HTTP, for tests in another process. Loopback only. */
export async function startControlServer(fleet: Fleet): Promise<ControlServer> {
  const playbacks = new Map<string, PlaybackHandle>();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => void answer(fleet, playbacks, body, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

async function answer(fleet: Fleet, playbacks: Map<string, PlaybackHandle>, body: string, response: ServerResponse): Promise<void> {
  try {
    const result = await carryOut(fleet, playbacks, parseOrder(body));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result ?? {}));
  } catch (error) {
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
  }
}

async function carryOut(fleet: Fleet, playbacks: Map<string, PlaybackHandle>, order: ControlOrder): Promise<unknown> {
  if ('playback' in order) {
    const playback = playbacks.get(order.playback);
    if (playback === undefined) throw new Error(`no playback ${order.playback}`);
    if (order.do === 'seek') return playback.seek(order.positionMs);
    if (order.do === 'setDelivery') return playback.setDelivery(order.delivery);
    return playback[order.do]();
  }
  const server = fleet.servers.get(order.server);
  if (server === undefined) throw new Error(`no server ${order.server}`);
  switch (order.do) {
    case 'start': {
      const { user, item, delivery, deviceId } = order;
      const handle = server.control.startPlayback({ user, item, delivery, device: deviceId === undefined ? {} : { id: deviceId } });
      const playback = `${order.server}/${handle.sessionId}`;
      playbacks.set(playback, handle);
      return { playback, sessionId: handle.sessionId };
    }
    case 'setFault': {
      const { fault, path, methods, times } = order;
      return server.control.setFault(fault, { ...(path === undefined ? {} : { path: new RegExp(path) }), ...(methods && { methods }), ...(times === undefined ? {} : { times }) });
    }
    case 'setPace':
      return server.control.setPace(order.pace);
    case 'setState':
      return server.control.setState(order.user, order.item, order.state);
    case 'states':
      return { states: server.control.statesOf(order.user).map(([item, state]) => ({ title: item.title, path: item.path, ...state })) };
    case 'setPolicy':
      return server.control.setPolicy(order.user, order.policy);
    case 'users':
      return { users: server.control.state.users.map(({ name, isAdministrator, isDisabled, policy, plex }) => ({ name, isAdministrator, isDisabled, policy, plex })) };
    case 'clearFault':
      return server.control.clearFault();
    case 'rotateKey':
      return { token: server.control.rotateKey() };
    case 'requests':
      return { requests: server.requests.map(({ method, path, status, atMs }) => ({ method, path, status, atMs })) };
  }
}
