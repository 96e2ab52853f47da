import type { ServerLoad, VendorSession } from '@usher/contracts';

/** The load that a session list tells. Paused streams send next to nothing and count for no bandwidth. */
export function loadOf(sessions: readonly Pick<VendorSession, 'stream'>[], host: Pick<ServerLoad, 'cpuPercent' | 'memoryPercent'> = { cpuPercent: null, memoryPercent: null }): ServerLoad {
  const streams = sessions.flatMap((session) => (session.stream ? [session.stream] : []));
  const transcodes = streams.filter((stream) => stream.delivery === 'transcode');
  return {
    streams: streams.length,
    transcodes: transcodes.length,
    softwareTranscodes: transcodes.filter((stream) => stream.video?.delivery === 'transcode' && stream.transcode?.hardware !== 'hardware').length,
    egressKbps: streams.reduce((sum, stream) => sum + (stream.state === 'paused' ? 0 : (stream.bitRateKbps ?? 0)), 0),
    ...host,
  };
}
