import type { Session, Stream } from '@usher/contracts';
import type { ServerSnapshot } from './live-sessions.js';

export interface StreamTotals {
  streams: number;
  directPlays: number;
  directStreams: number;
  transcodes: number;
  unknownDeliveries: number;
  paused: number;
  softwareTranscodes: number;
  bandwidthKbps: number;
  lanKbps: number;
  wanKbps: number;
}

const BY_DELIVERY = { 'direct-play': 'directPlays', 'direct-stream': 'directStreams', transcode: 'transcodes', unknown: 'unknownDeliveries' } as const;

function isSoftwareTranscode({ delivery, video, transcode }: Stream): boolean {
  return delivery === 'transcode' && video?.delivery === 'transcode' && transcode?.hardware !== 'hardware';
}

/**
 * Adds up what plays. A paused stream is one of its delivery and sends next to nothing, so it counts for no
 * bandwidth. What comes over a relay counts as WAN; where the network is unknown, only the sum has it.
 */
export function totalsOf(sessions: Iterable<Pick<Session, 'stream' | 'network'>>): StreamTotals {
  const totals: StreamTotals = {
    streams: 0, directPlays: 0, directStreams: 0, transcodes: 0, unknownDeliveries: 0,
    paused: 0, softwareTranscodes: 0, bandwidthKbps: 0, lanKbps: 0, wanKbps: 0,
  };
  for (const { stream, network } of sessions) {
    if (!stream) continue;
    totals.streams += 1;
    totals[BY_DELIVERY[stream.delivery]] += 1;
    if (stream.state === 'paused') totals.paused += 1;
    if (isSoftwareTranscode(stream)) totals.softwareTranscodes += 1;
    const kbps = stream.state === 'paused' ? 0 : (stream.bitRateKbps ?? 0);
    totals.bandwidthKbps += kbps;
    if (network === 'lan') totals.lanKbps += kbps;
    if (network === 'wan' || network === 'relay') totals.wanKbps += kbps;
  }
  return totals;
}

export function totalsOfSnapshots(snapshots: readonly ServerSnapshot[]): StreamTotals {
  return totalsOf(snapshots.flatMap((snapshot) => [...snapshot.sessions]));
}
