import type { SimulatorCore } from '../base/core.js';
import type { SimulatedUser } from '../base/media.js';
import { jsonReply, reply, type Reply, type SimulatedRequest } from '../base/message.js';
import { stableHex } from '../base/random.js';
import { route, type Route } from '../base/router.js';
import { plexAccountId } from './rows.js';

interface TvCall {
  readonly request: SimulatedRequest;
  readonly params: Readonly<Record<string, string>>;
}

const error = (status: number, code: number, message: string): Reply => jsonReply({ errors: [{ code, message, status }] }, status);
const quoted = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
const bit = (value: boolean): string => (value ? '1' : '0');

/** The part of plex.tv that knows this one server, its owner, the home and the friends. */
export class PlexTvStandIn {
  /** Tokens of accounts; the server itself does not take them. */
  private readonly accountTokens = new Map<string, SimulatedUser>();
  /** Tokens of accounts for this server. */
  private readonly serverTokens = new Map<SimulatedUser, string>();

  constructor(
    private readonly core: SimulatorCore,
    private readonly machineId: () => string,
  ) {}

  /** How often somebody was let into the home. */
  entered = 0;

  routes(): Route<TvCall>[] {
    return [
      route('GET', '/api/v2/home/users', 'any', (call) => this.asOwner(call, () => this.homeUsers())),
      route('POST', '/api/v2/home/users/{uuid}/switch', 'any', (call) => this.asOwner(call, () => this.enter(call))),
      route('GET', '/api/v2/resources', 'any', (call) => this.resources(call)),
      route('GET', '/api/servers/{machineId}/shared_servers', 'any', (call) => this.asOwner(call, () => this.shared(call))),
    ];
  }

  private asOwner({ request }: TvCall, answer: () => Reply): Reply {
    if (request.header('x-plex-client-identifier') === undefined) return error(400, 1000, 'X-Plex-Client-Identifier is missing');
    const grant = this.core.grants.get(request.header('x-plex-token') ?? '');
    if (grant === undefined || (grant.user !== null && !grant.user.isAdministrator)) return error(401, 1001, 'User could not be authenticated');
    return answer();
  }

  private homeUsers(): Reply {
    const users = this.core.users
      .filter((user) => user.isAdministrator || user.plex.kind === 'home' || user.plex.kind === 'pin')
      .map((user) => ({ id: plexAccountId(user), uuid: uuidOf(user), title: user.name, friendlyName: null, admin: user.isAdministrator, guest: false, restricted: !user.isAdministrator, protected: user.plex.kind === 'pin' }));
    return jsonReply({ id: 1, users });
  }

  /** A PIN is never right here: nobody hands one over. */
  private enter({ params }: TvCall): Reply {
    const user = this.core.users.find((each) => uuidOf(each) === params['uuid']);
    if (user === undefined || user.plex.kind === 'friend' || user.plex.kind === 'gone') return error(404, 1002, 'User is not in the home');
    if (user.plex.kind === 'pin') return error(403, 1041, 'The PIN is invalid');
    this.entered += 1;
    const authToken = stableHex(`account|${this.machineId()}|${user.number}|${this.entered}`);
    this.accountTokens.set(authToken, user);
    return jsonReply({ id: plexAccountId(user), uuid: uuidOf(user), title: user.name, authToken }, 201);
  }

  private resources({ request }: TvCall): Reply {
    const user = this.accountTokens.get(request.header('x-plex-token') ?? '');
    if (user === undefined) return error(401, 1001, 'User could not be authenticated');
    const server = { name: this.core.name, product: 'Plex Media Server', clientIdentifier: this.machineId(), provides: 'server', owned: user.isAdministrator, presence: true, accessToken: this.serverTokenOf(user), connections: [] };
    return jsonReply([server]);
  }

  /** XML, whatever the client accepts. */
  private shared({ params }: TvCall): Reply {
    if (params['machineId'] !== this.machineId()) return error(404, 1003, 'Server was not found');
    const rows = this.core.users
      .filter((user) => !user.isAdministrator && user.plex.kind === 'friend')
      .map((user) => {
        const sees = (name: string) => user.plex.libraries === 'all' || user.plex.libraries.includes(name);
        const sections = this.core.catalogue.libraries.map(({ number, name, type }) => `<Section id="${900_000 + number}" key="${number}" title="${quoted(name)}" type="${type}" shared="${bit(sees(name))}"/>`);
        const head = `id="${700_000 + user.number}" username="${quoted(user.name)}" email="${quoted(user.email ?? '')}" userID="${plexAccountId(user)}" accessToken="${this.serverTokenOf(user)}" owned="0" allLibraries="${bit(user.plex.libraries === 'all')}" allowSync="0"`;
        return `<SharedServer ${head}>${sections.join('')}</SharedServer>`;
      });
    return reply(200, `<?xml version="1.0" encoding="UTF-8"?>\n<MediaContainer friendlyName="myPlex" identifier="com.plexapp.plugins.myplex" machineIdentifier="${this.machineId()}" size="${rows.length}">${rows.join('')}</MediaContainer>`, 'application/xml');
  }

  /** One each, made when it is first asked for; made anew after it was revoked. */
  private serverTokenOf(user: SimulatedUser): string {
    const known = this.serverTokens.get(user);
    if (known !== undefined && this.core.grants.has(known)) return known;
    const { token } = this.core.grant(user, null, 'plex.tv');
    this.serverTokens.set(user, token);
    return token;
  }
}

const uuidOf = (user: SimulatedUser): string => stableHex(`plex.tv|${user.name}`).slice(0, 16);
