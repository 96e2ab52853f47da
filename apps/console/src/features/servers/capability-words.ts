import { kindName } from '../../components/glyphs.js';
import { answers, conditionOf } from '../../live/condition.js';
import type { FleetServer } from '../../live/live-types.js';

/** Everything that a media server may be able to do, in groups and in words. */
export const CAPABILITY_GROUPS: readonly { label: string; rows: readonly (readonly [string, string])[] }[] = [
  {
    label: 'Sessions',
    rows: [['sessions.push', 'push'], ['sessions.stop', 'stop'], ['sessions.control', 'pause, resume, seek'], ['sessions.message', 'message'], ['sessions.limitBitRate', 'limit bit rate'], ['playback.remotePlay', 'play on a device']],
  },
  {
    label: 'Libraries',
    rows: [['libraries.list', 'list'], ['libraries.scan', 'scan'], ['metadata.refresh', 'refresh'], ['metadata.health', 'metadata health'], ['libraries.create', 'create, remove'], ['libraries.checkPaths', 'check folders'], ['libraries.space', 'free space']],
  },
  {
    label: 'Titles',
    rows: [['items.list', 'list'], ['items.changedSince', 'changed since'], ['items.byProviderId', 'find by id'], ['items.recentlyAdded', 'recently added'], ['subtitles.search', 'subtitle search']],
  },
  {
    label: 'Users',
    rows: [['users.list', 'list'], ['users.create', 'create'], ['users.policy', 'rights, enable'], ['users.remove', 'remove'], ['users.password', 'password'], ['users.discovery', 'first page']],
  },
  {
    label: 'Watch states',
    rows: [['watchStates.read', 'read'], ['watchStates.write', 'write'], ['watchStates.playedAt', 'past dates'], ['watchStates.playCount', 'play count'], ['watchStates.favorite', 'favorites'], ['watchStates.rating', 'ratings'], ['watchStates.ownTokenOnly', 'by own token only']],
  },
  {
    label: 'Lists',
    rows: [['playlists.read', 'playlists'], ['playlists.write', 'write playlists'], ['collections.read', 'collections'], ['collections.write', 'write collections']],
  },
  {
    label: 'Server',
    rows: [['activities.list', 'running work'], ['activities.cancel', 'cancel work'], ['tasks.list', 'tasks'], ['tasks.start', 'start tasks'], ['server.restart', 'restart'], ['devices.list', 'devices'], ['devices.revoke', 'sign devices out'], ['history.read', 'history'], ['log.read', 'log'], ['backup.list', 'backups'], ['backup.trigger', 'make a backup'], ['load.host', 'host load']],
  },
];

/** A capability that the server's profile does not name. Before the first profile nothing is known to be missing. */
export const lacks = (server: Pick<FleetServer, 'capabilities'>, capability: string): boolean => server.capabilities.length > 0 && !server.capabilities.includes(capability);

/** `Plex cannot list backups.` */
export const cannot = (server: Pick<FleetServer, 'kind'>, what: string): string => `${kindName(server.kind)} cannot ${what}.`;

interface Change {
  readonly capability: string;
  /** What it cannot do: `cannot …`. */
  readonly what: string;
  readonly allowed: boolean;
  readonly role?: 'operator' | 'superadmin';
}

/** Why a change cannot be made now, as a sentence with its code; null when it can. The API and the agent decide again. */
export function whyNoChange(server: FleetServer, { capability, what, allowed, role = 'operator' }: Change): string | null {
  if (!allowed) return `Needs the role ${role}. FORBIDDEN`;
  if (server.readOnly) return `${server.alias} is read-only. SERVER_READ_ONLY`;
  if (lacks(server, capability)) return `${cannot(server, what)} CAPABILITY_MISSING`;
  if (!answers(conditionOf(server))) return `${server.alias} does not answer now. ${server.stateCode ?? 'SERVER_UNREACHABLE'}`;
  return null;
}
