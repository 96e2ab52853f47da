import { Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { HardeningEntry, IgnoredDevice, ServerKind, ServerRole, ServerState } from '@usher/contracts';
import { LiveSourceEnum, ServerConnectionEnum, ServerKindEnum, ServerRoleEnum, ServerStateEnum, type ServerConnection } from '../graphql/enums.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';
import { LibraryObject } from '../libraries/library.graphql.js';

@ObjectType('ServerLocation')
export class ServerLocationObject {
  @Field() label!: string;
  @Field(() => Float) lat!: number;
  @Field(() => Float) lon!: number;
}

@ObjectType('PollSettings')
export class PollSettingsObject {
  @Field(() => Int) sessionsS!: number;
  @Field(() => Int) librariesS!: number;
  @Field(() => Int) serverS!: number;
}

@ObjectType('TlsSettings')
export class TlsSettingsObject {
  @Field() verify!: boolean;
  @Field() hasCa!: boolean;
}

@ObjectType('IgnoredDevice')
export class IgnoredDeviceObject {
  @Field(() => String, { nullable: true }) deviceId?: string | null;
  @Field(() => String, { nullable: true }) namePattern?: string | null;
  @Field(() => String, { nullable: true }) client?: string | null;
}

@ObjectType('StoredCredential')
export class StoredCredentialObject {
  @Field() fingerprint!: string;
  @Field(() => DateTime) addedAt!: Date;
  @Field(() => BigInt53) rev!: number;
}

@ObjectType('ServerLive')
export class ServerLiveObject {
  @Field(() => LiveSourceEnum) source!: 'push' | 'poll' | 'none';
  @Field(() => DateTime, { nullable: true, description: 'Age of the newest snapshot is `now - at`.' }) at!: Date | string | null;
  @Field(() => DateTime, { nullable: true }) lastPollAt!: Date | string | null;
  @Field(() => DateTime, { nullable: true }) lastPushAt!: Date | string | null;
  @Field(() => Int) sessionCallsLastHour!: number;
  @Field(() => Int) otherCallsLastHour!: number;
  @Field(() => Float, { nullable: true }) latencyMs!: number | null;
  @Field(() => Float, { nullable: true, description: 'Not reported = null.' }) cpuPercent!: number | null;
  @Field(() => Float, { nullable: true }) memoryPercent!: number | null;
}

/** What the row of a server answers. Fields marked *live* are resolved by the rooms that own them. */
@ObjectType('Server')
export class ServerObject {
  @Field(() => ID) id!: string;
  @Field() alias!: string;
  @Field() slug!: string;
  @Field(() => String, { nullable: true }) externalKey!: string | null;
  @Field() url!: string;
  @Field(() => ServerKindEnum, { nullable: true }) kind!: ServerKind | null;
  @Field(() => ServerConnectionEnum) connection!: ServerConnection;
  @Field(() => ServerRoleEnum) role!: ServerRole;
  @Field() readOnly!: boolean;
  @Field() demo!: boolean;
  @Field(() => ServerStateEnum) state!: ServerState;
  @Field(() => String, { nullable: true, description: 'Why the state is not ONLINE: an error code, a cause in plain words, the next action.' })
  stateCode!: string | null;
  @Field(() => String, { nullable: true }) stateReason!: string | null;
  @Field(() => String, { nullable: true }) stateNext!: string | null;
  @Field(() => DateTime) stateSince!: Date;
  /** live */
  @Field({ description: 'The snapshot is older than it should be.' }) stale?: boolean;
  @Field(() => String, { nullable: true }) name!: string | null;
  @Field(() => String, { nullable: true }) machineId!: string | null;
  @Field(() => String, { nullable: true }) version!: string | null;
  @Field(() => Boolean, { nullable: true }) versionTested!: boolean | null;
  @Field(() => Boolean, { nullable: true }) updateAvailable!: boolean | null;
  @Field(() => String, { nullable: true }) platform!: string | null;
  @Field(() => [String]) capabilities!: string[];
  /** As the probe read it; the field adds what was accepted. */
  hardening!: HardeningEntry[];
  @Field(() => [String]) tags!: string[];
  @Field(() => String, { nullable: true }) region!: string | null;
  @Field(() => ServerLocationObject, { nullable: true }) location!: ServerLocationObject | null;
  @Field(() => Float) weight!: number;
  @Field(() => PollSettingsObject) poll!: PollSettingsObject;
  @Field(() => TlsSettingsObject) tls!: TlsSettingsObject;
  @Field(() => [IgnoredDeviceObject]) ignoredDevices!: IgnoredDevice[];
  @Field(() => StoredCredentialObject, { nullable: true }) credential!: StoredCredentialObject | null;
  /** live */
  @Field(() => ServerLiveObject) live?: ServerLiveObject;
  /** live */
  @Field(() => Int) streamCount?: number;
  /** live */
  @Field(() => Int) transcodeCount?: number;
  /** live */
  @Field(() => Int) bandwidthKbps?: number;
  @Field(() => DateTime, { nullable: true }) lastSeenAt!: Date | null;
  /** live */
  @Field(() => DateTime, { nullable: true }) lastPlaybackAt?: Date | null;
  @Field(() => DateTime) createdAt!: Date;
  /** live */
  @Field(() => [LibraryObject]) libraries?: LibraryObject[];
  /** live */
  @Field(() => Int, { nullable: true }) userCount?: number | null;
}

@InputType()
export class ServerFilter {
  @Field(() => [ID], { nullable: true }) ids?: string[] | null;
  @Field(() => [ServerKindEnum], { nullable: true }) kinds?: ServerKind[] | null;
  @Field(() => [ServerStateEnum], { nullable: true }) states?: ServerState[] | null;
  @Field(() => [String], { nullable: true }) tags?: string[] | null;
  @Field(() => String, { nullable: true }) text?: string | null;
  @Field(() => Boolean, { nullable: true }) includeHistorical?: boolean | null;
}
