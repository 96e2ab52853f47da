import { registerEnumType } from '@nestjs/graphql';
import { DELIVERIES, ItemType, SERVER_KINDS, SERVER_ROLES, SERVER_STATES } from '@usher/contracts';

/** A GraphQL enum whose names are the upper-case forms of our own words and whose inner values are those words. */
function enumOf<const V extends string>(name: string, values: readonly V[]): Readonly<Record<string, V>> {
  const members = Object.fromEntries(values.map((value) => [value.toUpperCase().replaceAll('-', '_'), value]));
  registerEnumType(members, { name });
  return members;
}

export const SERVER_CONNECTIONS = ['direct', 'remote'] as const;
export type ServerConnection = (typeof SERVER_CONNECTIONS)[number];

export const ServerKindEnum = enumOf('ServerKind', SERVER_KINDS);
export const ServerStateEnum = enumOf('ServerState', SERVER_STATES);
export const ServerRoleEnum = enumOf('ServerRole', SERVER_ROLES);
export const ServerConnectionEnum = enumOf('ServerConnection', SERVER_CONNECTIONS);
export const OperatorRoleEnum = enumOf('OperatorRole', ['viewer', 'operator', 'superadmin']);
export const DeliveryEnum = enumOf('Delivery', DELIVERIES);
export const StreamStateEnum = enumOf('StreamState', ['playing', 'paused', 'buffering']);
export const LiveSourceEnum = enumOf('LiveSource', ['push', 'poll', 'none']);
export const NetworkEnum = enumOf('Network', ['lan', 'wan', 'relay', 'unknown']);
export const ItemTypeEnum = enumOf('ItemType', ItemType.options);
export const HardwareUseEnum = enumOf('HardwareUse', ['hardware', 'software', 'unknown']);
export const VideoRangeEnum = enumOf('VideoRange', ['sdr', 'hdr10', 'hdr10-plus', 'dolby-vision', 'hlg', 'unknown']);
export const SessionActionEnum = enumOf('SessionAction', ['pause', 'resume', 'seek']);
export const ImportStatusEnum = enumOf('ImportStatus', ['create', 'update', 'same', 'error']);
export const StageVerdictEnum = enumOf('StageVerdict', ['ok', 'failed', 'skipped']);
