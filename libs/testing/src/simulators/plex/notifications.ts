import type { WebSocket } from 'ws';
import type { SimulatorCore } from '../base/core.js';
import type { Playback } from '../base/playback.js';
import type { PlaybackChange, SimulatedSession } from '../base/playback-engine.js';
import { transcodeRow } from './rows.js';

/** `/:/websockets/notifications`: everything arrives without a subscription; no keep-alive but the socket's own ping. */
export class PlexNotifications {
  private readonly stopListening: () => void;

  constructor(private readonly core: SimulatorCore) {
    this.stopListening = core.engine.onChange((change, session, playback) => this.onChange(change, session, playback));
  }

  dispose(): void {
    this.stopListening();
  }

  /** Nothing is sent at first, and nothing that a client says is listened to. */
  connected(socket: WebSocket): void {
    socket.on('message', () => undefined);
  }

  private onChange(change: PlaybackChange, session: SimulatedSession, playback: Playback | null): void {
    if (playback === null || change === 'opened' || change === 'closed' || change === 'message') return;
    if (change === 'started' && playback.delivery.kind !== 'direct-play') this.send('transcodeSession.start', { TranscodeSession: [transcodeRow(playback)] });
    this.send('playing', { PlaySessionStateNotification: [playingRow(session, playback, change === 'stopped')] });
    if (change === 'stopped' && playback.delivery.kind !== 'direct-play') this.send('transcodeSession.end', { TranscodeSession: [transcodeRow(playback)] });
  }

  private send(type: string, payload: object): void {
    for (const socket of this.core.endpoint.sockets) this.core.endpoint.send(socket, { NotificationContainer: { type, size: 1, ...payload } });
  }
}

/** No user, no title, no bit rate: who wants those has to ask. */
function playingRow(session: SimulatedSession, playback: Playback, stopped: boolean): Record<string, unknown> {
  return {
    sessionKey: String(session.number),
    clientIdentifier: session.device.id,
    guid: '',
    ratingKey: String(playback.item.number),
    url: '',
    key: `/library/metadata/${playback.item.number}`,
    viewOffset: playback.positionMs,
    state: stopped ? 'stopped' : playback.state,
    ...(playback.delivery.kind === 'direct-play' ? {} : { transcodeSession: playback.id }),
  };
}
