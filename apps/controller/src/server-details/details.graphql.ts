import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { GPU_PROBLEMS, HistoryEntry, LogEntry, NO_HOST_REASONS, ServerTask, type Backup, type Device, type HostGpu, type HostMetrics, type HostReport } from '@usher/contracts';
import { enumOf } from '../graphql/enums.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';

const taskResults = ServerTask.shape.lastResult.unwrap().options;
const TaskStateEnum = enumOf('ServerTaskState', ServerTask.shape.state.options);
const TaskResultEnum = enumOf('ServerTaskResult', taskResults);
const LogSeverityEnum = enumOf('LogSeverity', LogEntry.shape.severity.options);
const GpuProblemEnum = enumOf('GpuProblem', GPU_PROBLEMS);
const NoHostReasonEnum = enumOf('NoHostReason', NO_HOST_REASONS);

@ObjectType('ServerTask', { description: 'A task that a media server runs by its own timetable or when it is told to.' })
export class ServerTaskObject implements ServerTask {
  @Field() vendorId!: string;
  @Field() name!: string;
  @Field(() => String, { nullable: true }) category!: string | null;
  @Field(() => TaskStateEnum) state!: ServerTask['state'];
  @Field(() => Float, { nullable: true }) progressPercent!: number | null;
  @Field(() => DateTime, { nullable: true }) lastEndedAt!: string | null;
  @Field(() => BigInt53, { nullable: true }) lastDurationMs!: number | null;
  @Field(() => TaskResultEnum, { nullable: true }) lastResult!: ServerTask['lastResult'];
  @Field() canStart!: boolean;
  @Field() canCancel!: boolean;
}

@ObjectType('Device', { description: 'A device that has signed in at a media server.' })
export class DeviceObject implements Device {
  @Field() vendorId!: string;
  @Field(() => String, { nullable: true, description: 'What the client calls itself in sessions; null where the vendor does not tell.' }) deviceId!: string | null;
  @Field() name!: string;
  @Field(() => String, { nullable: true }) client!: string | null;
  @Field(() => String, { nullable: true }) clientVersion!: string | null;
  @Field(() => String, { nullable: true }) platform!: string | null;
  @Field(() => String, { nullable: true }) lastUserName!: string | null;
  @Field(() => DateTime, { nullable: true }) lastSeenAt!: string | null;
}

@ObjectType('LogEntry', { description: "One line of a media server's own log of events." })
export class LogEntryObject implements LogEntry {
  @Field() vendorId!: string;
  @Field(() => DateTime) at!: string;
  @Field(() => LogSeverityEnum) severity!: LogEntry['severity'];
  @Field({ description: "The vendor's own word, e.g. `VideoPlayback`, `playback.start`." }) kind!: string;
  @Field() text!: string;
  @Field(() => String, { nullable: true }) userName!: string | null;
}

@ObjectType('HistoryEntry', { description: "One playback as the media server's own history tells it." })
export class HistoryEntryObject implements HistoryEntry {
  @Field() vendorId!: string;
  @Field(() => DateTime) at!: string;
  @Field(() => String, { nullable: true }) userId!: string | null;
  @Field(() => String, { nullable: true }) userName!: string | null;
  @Field(() => String, { nullable: true }) itemId!: string | null;
  @Field() title!: string;
  @Field(() => String, { nullable: true }) seriesTitle!: string | null;
  @Field(() => Int, { nullable: true }) seasonNumber!: number | null;
  @Field(() => Int, { nullable: true }) episodeNumber!: number | null;
}

@ObjectType('Backup')
export class BackupObject implements Backup {
  @Field() name!: string;
  @Field(() => DateTime, { nullable: true }) at!: string | null;
  @Field(() => String, { nullable: true }) serverVersion!: string | null;
  @Field(() => BigInt53, { nullable: true }) sizeBytes!: number | null;
}

@ObjectType('HostDisk')
export class HostDiskObject {
  @Field() path!: string;
  @Field(() => BigInt53) totalBytes!: number;
  @Field(() => BigInt53) freeBytes!: number;
}

@ObjectType('HostGpu')
export class HostGpuObject implements HostGpu {
  @Field() name!: string;
  @Field(() => Float, { nullable: true }) busyPercent!: number | null;
  @Field(() => Float, { nullable: true }) encoderPercent!: number | null;
  @Field(() => Float, { nullable: true }) decoderPercent!: number | null;
  @Field(() => BigInt53, { nullable: true }) memoryUsedBytes!: number | null;
  @Field(() => BigInt53, { nullable: true }) memoryTotalBytes!: number | null;
  @Field(() => GpuProblemEnum, { nullable: true, description: 'Why nothing is known of it.' }) problem!: HostGpu['problem'];
}

@ObjectType('HostMetrics', { description: 'Figures of the machine that a media server runs on.' })
export class HostMetricsObject implements HostMetrics {
  @Field(() => Float) cores!: number;
  @Field(() => Float, { nullable: true }) cpuPercent!: number | null;
  @Field(() => Float, { nullable: true }) loadAverage!: number | null;
  @Field(() => BigInt53) memoryUsedBytes!: number;
  @Field(() => BigInt53) memoryTotalBytes!: number;
  @Field(() => [HostDiskObject]) disks!: HostDiskObject[];
  @Field(() => [HostGpuObject]) gpus!: HostGpuObject[];
}

@ObjectType('HostTold', { description: 'What the media server itself says of its machine.' })
export class HostToldObject {
  @Field(() => Float, { nullable: true }) cpuPercent!: number | null;
  @Field(() => Float, { nullable: true }) memoryPercent!: number | null;
}

@ObjectType('HostReport')
export class HostReportObject implements HostReport {
  @Field(() => DateTime) at!: string;
  @Field(() => HostMetricsObject, { nullable: true, description: "Null when the agent cannot see the server's machine." }) metrics!: HostMetricsObject | null;
  @Field(() => NoHostReasonEnum, { nullable: true, description: 'Why there are no figures.' }) unavailable!: HostReport['unavailable'];
  @Field(() => HostToldObject) told!: HostToldObject;
}
