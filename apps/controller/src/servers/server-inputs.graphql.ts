import { Field, Float, ID, InputType, Int } from '@nestjs/graphql';
import type { ServerKind, ServerRole } from '@usher/contracts';
import { ServerConnectionEnum, ServerKindEnum, ServerRoleEnum, type ServerConnection } from '../graphql/enums.js';

@InputType()
export class TlsInput {
  @Field(() => Boolean, { nullable: true }) verify?: boolean | null;
  @Field(() => String, { nullable: true }) caPem?: string | null;
}

@InputType()
export class PollInput {
  @Field(() => Int, { nullable: true }) sessionsS?: number | null;
  @Field(() => Int, { nullable: true }) librariesS?: number | null;
  @Field(() => Int, { nullable: true }) serverS?: number | null;
}

@InputType()
export class IgnoredDeviceInput {
  @Field(() => String, { nullable: true }) deviceId?: string | null;
  @Field(() => String, { nullable: true }) namePattern?: string | null;
  @Field(() => String, { nullable: true }) client?: string | null;
}

@InputType()
export class ServerLocationInput {
  @Field() label!: string;
  @Field(() => Float) lat!: number;
  @Field(() => Float) lon!: number;
}

/** What registering, updating and importing share. */
@InputType({ isAbstract: true })
export abstract class ServerSettingsInput {
  @Field(() => String, { nullable: true }) externalKey?: string | null;
  @Field(() => Boolean, { nullable: true }) readOnly?: boolean | null;
  @Field(() => ServerRoleEnum, { nullable: true }) role?: ServerRole | null;
  @Field(() => [String], { nullable: true }) tags?: string[] | null;
  @Field(() => String, { nullable: true }) region?: string | null;
  @Field(() => ServerLocationInput, { nullable: true }) location?: ServerLocationInput | null;
  @Field(() => Float, { nullable: true }) weight?: number | null;
  @Field(() => TlsInput, { nullable: true }) tls?: TlsInput | null;
  @Field(() => PollInput, { nullable: true }) poll?: PollInput | null;
}

@InputType()
export class TestServerConnectionInput {
  @Field(() => ID, { nullable: true, description: 'A registered server: its stored address and key are tested, unless given.' }) serverId?: string | null;
  @Field(() => String, { nullable: true }) url?: string | null;
  @Field(() => String, { nullable: true }) token?: string | null;
  @Field(() => ServerKindEnum, { nullable: true }) kind?: ServerKind | null;
  @Field(() => TlsInput, { nullable: true }) tls?: TlsInput | null;
}

@InputType()
export class RegisterServerInput extends ServerSettingsInput {
  @Field() idempotencyKey!: string;
  @Field() alias!: string;
  @Field() url!: string;
  @Field() token!: string;
  @Field(() => ServerKindEnum, { nullable: true }) kind?: ServerKind | null;
  @Field(() => [IgnoredDeviceInput], { nullable: true }) ignoredDevices?: IgnoredDeviceInput[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Save an unreachable server as pending.' }) allowUnreachable?: boolean | null;
}

@InputType()
export class UpdateServerInput extends ServerSettingsInput {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true }) alias?: string | null;
  @Field(() => String, { nullable: true }) url?: string | null;
  @Field(() => String, { nullable: true, description: 'A new key; it is tested first.' }) token?: string | null;
  @Field(() => [IgnoredDeviceInput], { nullable: true }) ignoredDevices?: IgnoredDeviceInput[] | null;
  @Field(() => Boolean, { nullable: true }) allowUnreachable?: boolean | null;
}

@InputType()
export class RemoveServerInput {
  @Field(() => ID) id!: string;
  @Field({ description: 'The alias, typed: removing also destroys the stored key.' }) confirmAlias!: string;
}

@InputType()
export class ImportServerRowInput extends ServerSettingsInput {
  @Field(() => Int, { nullable: true, description: 'Where the row stands in the file; returned with its result.' }) line?: number | null;
  @Field(() => String, { nullable: true }) alias?: string | null;
  @Field() url!: string;
  @Field(() => String, { nullable: true, description: 'Absent = keep the stored key.' }) token?: string | null;
  @Field(() => ServerKindEnum, { nullable: true }) kind?: ServerKind | null;
  @Field(() => ServerConnectionEnum, { nullable: true }) connection?: ServerConnection | null;
}

@InputType()
export class ImportServersInput {
  @Field() idempotencyKey!: string;
  @Field(() => [ImportServerRowInput]) rows!: ImportServerRowInput[];
  @Field(() => Boolean, { nullable: true }) dryRun?: boolean | null;
  @Field(() => Boolean, { nullable: true }) stopOnError?: boolean | null;
  @Field(() => Boolean, { nullable: true }) allowUnreachable?: boolean | null;
}
