import { bitRateOf } from '../base/media.js';
import type { PlaybackEngine, SimulatedSession } from '../base/playback-engine.js';
import { fromTicks } from './ticks.js';

export const PLAYSTATE_COMMANDS = ['Stop', 'Pause', 'Unpause', 'NextTrack', 'PreviousTrack', 'Seek', 'Rewind', 'FastForward', 'PlayPause'] as const;
export type PlaystateCommand = (typeof PLAYSTATE_COMMANDS)[number] | 'SeekRelative';

/** What a simulated viewer's client does with a command that reached it. Real clients get a frame instead. */
export function obey(engine: PlaybackEngine, session: SimulatedSession, command: PlaystateCommand, seekTicks: number): void {
  const { playback } = session;
  if (playback === null || session.driver === 'external' || !session.device.controllable) return;
  switch (command) {
    case 'Stop':
      return engine.stop(session);
    case 'Pause':
      return engine.pause(session);
    case 'Unpause':
      return engine.resume(session);
    case 'PlayPause':
      return playback.state === 'paused' ? engine.resume(session) : engine.pause(session);
    case 'Seek':
      return engine.seek(session, fromTicks(seekTicks));
    case 'SeekRelative':
      return engine.seek(session, playback.positionMs + fromTicks(seekTicks));
    case 'Rewind':
      return engine.seek(session, playback.positionMs - 10_000);
    case 'FastForward':
      return engine.seek(session, playback.positionMs + 30_000);
    case 'NextTrack':
    case 'PreviousTrack':
      return engine.seek(session, 0);
  }
}

/** Those that this client knows. */
export const GENERAL_COMMANDS: readonly string[] = ['DisplayMessage', 'SetVolume', 'Mute', 'Unmute', 'SetAudioStreamIndex', 'SetSubtitleStreamIndex', 'SetMaxStreamingBitrate', 'GoHome', 'MoveUp', 'MoveDown'];

/** A player with a lower limit than its file needs asks for a conversion; lifted, it plays the file again. Values are texts. */
export function obeyGeneral(engine: PlaybackEngine, session: SimulatedSession, name: string, values: unknown): void {
  const { playback } = session;
  if (name !== 'SetMaxStreamingBitrate' || playback?.item.file == null || session.driver === 'external' || !session.device.controllable) return;
  const limit = Number((values as { Bitrate?: string } | null)?.Bitrate);
  if (Number.isFinite(limit)) engine.setDelivery(session, limit < bitRateOf(playback.item.file) ? { kind: 'transcode', bitRate: limit, reasons: ['bit-rate'] } : 'direct-play');
}
