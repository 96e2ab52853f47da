import { Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { AudioTrack, ControlOutcome, Delivery, NowPlaying, Session, SessionCommand, SubtitleTrack, Transcode, VideoTrack } from '@usher/contracts';
import { ControlOutcomeEnum, DeliveryEnum, HardwareUseEnum, ItemTypeEnum, LiveSourceEnum, NetworkEnum, SessionActionEnum, StreamStateEnum, VideoRangeEnum } from '../graphql/enums.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';

@ObjectType('SessionControls')
export class SessionControlsObject {
  @Field() stop!: boolean;
  @Field() pause!: boolean;
  @Field() seek!: boolean;
  @Field() message!: boolean;
  @Field() limitBitRate!: boolean;
  @Field() play!: boolean;
}

@ObjectType('NowPlaying')
export class NowPlayingObject implements NowPlaying {
  @Field() itemId!: string;
  @Field(() => ItemTypeEnum) type!: NowPlaying['type'];
  @Field() title!: string;
  @Field(() => String, { nullable: true }) seriesTitle!: string | null;
  @Field(() => Int, { nullable: true }) seasonNumber!: number | null;
  @Field(() => Int, { nullable: true }) episodeNumber!: number | null;
  @Field(() => Int, { nullable: true }) year!: number | null;
  @Field(() => BigInt53, { nullable: true }) durationMs!: number | null;
}

@ObjectType('VideoTrack')
export class VideoTrackObject implements Omit<VideoTrack, 'language'> {
  @Field(() => DeliveryEnum) delivery!: Delivery;
  @Field(() => String, { nullable: true }) sourceCodec!: string | null;
  @Field(() => String, { nullable: true }) targetCodec!: string | null;
  @Field(() => Int, { nullable: true }) sourceWidth!: number | null;
  @Field(() => Int, { nullable: true }) sourceHeight!: number | null;
  @Field(() => Int, { nullable: true }) targetWidth!: number | null;
  @Field(() => Int, { nullable: true }) targetHeight!: number | null;
  @Field(() => VideoRangeEnum) hdr!: VideoTrack['hdr'];
}

@ObjectType('AudioTrack')
export class AudioTrackObject implements AudioTrack {
  @Field(() => DeliveryEnum) delivery!: Delivery;
  @Field(() => String, { nullable: true }) sourceCodec!: string | null;
  @Field(() => String, { nullable: true }) targetCodec!: string | null;
  @Field(() => String, { nullable: true }) language!: string | null;
  @Field(() => Int, { nullable: true }) sourceChannels!: number | null;
  @Field(() => Int, { nullable: true }) targetChannels!: number | null;
}

@ObjectType('SubtitleTrack')
export class SubtitleTrackObject implements Omit<SubtitleTrack, 'targetCodec'> {
  @Field(() => DeliveryEnum) delivery!: Delivery;
  @Field(() => String, { nullable: true }) sourceCodec!: string | null;
  @Field(() => String, { nullable: true }) language!: string | null;
  @Field() burnedIn!: boolean;
}

@ObjectType('Transcode')
export class TranscodeObject implements Transcode {
  @Field(() => Boolean, { nullable: true }) hardwareDecode!: boolean | null;
  @Field(() => Boolean, { nullable: true }) hardwareEncode!: boolean | null;
  @Field(() => [String], { description: "Usher's words, e.g. `audio-codec`, `subtitle`, `bit-rate`." }) reasons!: Transcode['reasons'];
  @Field(() => HardwareUseEnum) hardware!: Transcode['hardware'];
  @Field(() => Float, { nullable: true }) speed!: number | null;
  @Field(() => Float, { nullable: true }) progressPercent!: number | null;
  @Field(() => Boolean, { nullable: true }) throttled!: boolean | null;
}

@ObjectType('Stream')
export class StreamObject {
  @Field(() => ID) playbackId!: string;
  @Field(() => DateTime) startedAt!: string;
  @Field(() => BigInt53) positionMs!: number;
  @Field(() => BigInt53, { nullable: true, description: 'How far in the file the server has prepared for this client.' }) bufferPositionMs!: number | null;
  @Field(() => StreamStateEnum) state!: 'playing' | 'paused' | 'buffering';
  @Field(() => DeliveryEnum) delivery!: Delivery;
  @Field(() => String, { nullable: true }) container!: string | null;
  @Field(() => Int, { nullable: true }) bitRateKbps!: number | null;
  @Field(() => Int, { nullable: true }) sourceBitRateKbps!: number | null;
  @Field(() => VideoTrackObject, { nullable: true }) video!: VideoTrackObject | null;
  @Field(() => AudioTrackObject, { nullable: true }) audio!: AudioTrackObject | null;
  @Field(() => SubtitleTrackObject, { nullable: true }) subtitle!: SubtitleTrackObject | null;
  @Field(() => TranscodeObject, { nullable: true }) transcode!: TranscodeObject | null;
}

@ObjectType('Session')
export class SessionObject {
  @Field(() => ID) id!: string;
  @Field(() => ID) serverId!: string;
  @Field(() => String, { nullable: true }) userId!: string | null;
  @Field(() => String, { nullable: true }) userName!: string | null;
  @Field(() => String, { nullable: true, description: 'What the client calls itself; the same over its sessions.' }) deviceId!: string | null;
  @Field(() => String, { nullable: true }) deviceName!: string | null;
  @Field(() => String, { nullable: true }) client!: string | null;
  @Field(() => String, { nullable: true }) clientVersion!: string | null;
  @Field(() => String, { nullable: true, description: 'Masked for role viewer.' }) address!: string | null;
  @Field(() => NetworkEnum) network!: Session['network'];
  @Field(() => DateTime, { nullable: true }) lastSeenAt!: string | null;
  @Field() ghost!: boolean;
  @Field(() => SessionControlsObject) controls!: SessionControlsObject;
  @Field(() => NowPlayingObject, { nullable: true }) item!: NowPlayingObject | null;
  @Field(() => StreamObject, { nullable: true }) stream!: StreamObject | null;
}

@ObjectType('ServerSessions')
export class ServerSessionsObject {
  @Field(() => ID) serverId!: string;
  @Field(() => BigInt53) seq!: number;
  @Field(() => DateTime) at!: string;
  @Field(() => LiveSourceEnum) source!: 'push' | 'poll';
  @Field() stale!: boolean;
  @Field(() => [SessionObject]) sessions!: SessionObject[];
}

@ObjectType('FleetOverview')
export class FleetOverviewObject {
  @Field(() => Int) servers!: number;
  @Field(() => Int) serversOnline!: number;
  @Field(() => Int) serversDegraded!: number;
  @Field(() => Int) serversOffline!: number;
  @Field(() => Int) serversPending!: number;
  @Field(() => Int) streams!: number;
  @Field(() => Int) directPlays!: number;
  @Field(() => Int) directStreams!: number;
  @Field(() => Int) transcodes!: number;
  @Field(() => Int) unknownDeliveries!: number;
  @Field(() => Int) paused!: number;
  @Field(() => Int) softwareTranscodes!: number;
  @Field(() => Int) bandwidthKbps!: number;
  @Field(() => Int) lanKbps!: number;
  @Field(() => Int) wanKbps!: number;
  @Field(() => Int, { description: 'Sessions of servers that do not answer now; not counted above.' }) lastKnownStreams!: number;
}

@ObjectType('ControlResult', { description: 'What became of an order to a session.' })
export class ControlResultObject {
  @Field(() => ControlOutcomeEnum, { description: '`DONE`: seen in the next lists. `NO_EFFECT`: not seen although they were read. `SENT`: beyond what can be seen.' }) outcome!: ControlOutcome;
  @Field(() => String, { nullable: true, description: 'What the order really was, where the media server has none for what was asked.' }) note!: string | null;
  @Field(() => SessionObject, { nullable: true, description: 'As it is now; null when it is not there any more.' }) session!: SessionObject | null;
}

@InputType()
export class StopSessionInput {
  @Field(() => ID) sessionId!: string;
  @Field(() => String, { nullable: true }) reason?: string | null;
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
}

@InputType()
export class ControlSessionInput {
  @Field(() => ID) sessionId!: string;
  @Field(() => SessionActionEnum) action!: SessionCommand['type'];
  @Field(() => BigInt53, { nullable: true, description: 'Of SEEK; of PLAY, where to begin.' }) positionMs?: number | null;
  @Field(() => ID, { nullable: true, description: 'Of PLAY: an item of the same media server.' }) itemId?: string | null;
  @Field(() => Int, { nullable: true, description: 'Of LIMIT_BIT_RATE; null asks for one above anything, as no media server can take a limit away.' }) kbps?: number | null;
}

@InputType()
export class SendSessionNoticeInput {
  @Field(() => ID) sessionId!: string;
  @Field() text!: string;
}
