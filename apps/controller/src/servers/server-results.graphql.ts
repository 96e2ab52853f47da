import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { ServerKind } from '@usher/contracts';
import { ImportStatusEnum, ServerKindEnum, StageVerdictEnum } from '../graphql/enums.js';
import { ServerObject } from './server.graphql.js';

@ObjectType('ConnectionStage')
export class ConnectionStageObject {
  @Field() name!: string;
  @Field(() => StageVerdictEnum) verdict!: 'ok' | 'failed' | 'skipped';
}

@ObjectType('ServerConnectionTest')
export class ServerConnectionTestObject {
  @Field() ok!: boolean;
  @Field(() => String, { nullable: true, description: 'On failure: SERVER_UNREACHABLE, SERVER_REJECTED_KEY, EGRESS_BLOCKED …' }) code!: string | null;
  @Field(() => String, { nullable: true, description: 'dns, refused, timeout, tls, starting, not-a-media-server, unknown-key, not-administrator' })
  reason!: string | null;
  @Field(() => String, { nullable: true, description: 'expired, self-signed, wrong-host …' }) tlsProblem!: string | null;
  @Field(() => String, { nullable: true }) message!: string | null;
  @Field(() => String, { nullable: true }) next!: string | null;
  @Field(() => ServerKindEnum, { nullable: true }) kind!: ServerKind | null;
  @Field(() => String, { nullable: true }) name!: string | null;
  @Field(() => String, { nullable: true }) version!: string | null;
  @Field(() => Boolean, { nullable: true }) versionTested!: boolean | null;
  @Field(() => Float, { nullable: true }) latencyMs!: number | null;
  @Field(() => [String]) warnings!: string[];
  @Field(() => [ConnectionStageObject], {
    description: 'Stages in order (address, connection, tls, media server, key, administrator), each with its verdict.',
  })
  stages!: ConnectionStageObject[];
}

@ObjectType('RegisterServerResult')
export class RegisterServerResultObject {
  @Field(() => ServerObject) server!: ServerObject;
  @Field(() => ServerConnectionTestObject, { nullable: true }) test!: ServerConnectionTestObject | null;
}

@ObjectType('FieldChange')
export class FieldChangeObject {
  @Field() field!: string;
  @Field(() => String, { nullable: true }) from!: string | null;
  @Field(() => String, { nullable: true }) to!: string | null;
}

@ObjectType('ImportServerRow')
export class ImportServerRowObject {
  @Field(() => Int) index!: number;
  @Field(() => Int, { nullable: true }) line!: number | null;
  @Field(() => String, { nullable: true }) alias!: string | null;
  @Field() url!: string;
  @Field(() => ImportStatusEnum) status!: 'create' | 'update' | 'same' | 'error';
  @Field(() => ID, { nullable: true }) serverId!: string | null;
  @Field(() => [FieldChangeObject], { description: 'Names of the fields that change.' }) changes!: FieldChangeObject[];
  @Field(() => String, { nullable: true, description: '`externalKey` or `url` when an existing server was found.' }) matchedBy!: string | null;
  @Field(() => ServerConnectionTestObject, { nullable: true }) test!: ServerConnectionTestObject | null;
  @Field(() => String, { nullable: true }) code!: string | null;
  @Field(() => String, { nullable: true }) message!: string | null;
  @Field(() => String, { nullable: true }) field!: string | null;
  @Field(() => String, { nullable: true }) next!: string | null;
}

@ObjectType('ImportServersResult')
export class ImportServersResultObject {
  @Field(() => [ImportServerRowObject]) results!: ImportServerRowObject[];
  @Field(() => Int) created!: number;
  @Field(() => Int) updated!: number;
  @Field(() => Int) unchanged!: number;
  @Field(() => Int) failed!: number;
  @Field() applied!: boolean;
}
