import type { LoadDetail, ServerLoad, Session, Stream, TranscodeLoad } from '@usher/contracts';

const MAX_TRANSCODES = 300;

/** What the sessions of a server tell of its load. The agent of a direct server sees no host: cores, uplink and machine stay open. */
export function loadDetailOf(sessions: readonly Session[], load: ServerLoad): LoadDetail {
  const playing = sessions.flatMap((session) => (session.stream ? [{ session, stream: session.stream }] : []));
  const of = (delivery: Stream['delivery']) => playing.filter(({ stream, session }) => stream.delivery === delivery && !session.ghost).length;
  const kbps = (network: 'lan' | 'wan') =>
    playing.reduce((sum, { session, stream }) => sum + ((session.network === 'lan') === (network === 'lan') && isSending(session, stream) ? (stream.bitRateKbps ?? stream.sourceBitRateKbps ?? 0) : 0), 0);
  return {
    machineId: null,
    confidence: load.cpuPercent === null ? 'assumed' : 'vendor',
    usableCores: null,
    backgroundShare: null,
    transcodes: playing.filter(({ stream }) => stream.delivery === 'transcode').slice(0, MAX_TRANSCODES).map(({ session, stream }) => transcodeOf(session, stream)),
    directStreams: of('direct-play') + of('unknown'),
    remuxes: of('direct-stream'),
    egressKbps: { lan: kbps('lan'), wan: kbps('wan') },
    uplinkKbps: null,
    memoryShare: load.memoryPercent === null ? null : load.memoryPercent / 100,
    ioPressure: null,
  };
}

/** Changes when a conversion begins, ends or changes its state: then the load is told at once. */
export function signatureOf(sessions: readonly Session[]): string {
  return sessions.flatMap((session) => (session.stream?.delivery === 'transcode' ? `${session.vendorId}\n${stateOf(session, session.stream)}` : [])).sort().join('\n');
}

function isSending(session: Session, stream: Stream): boolean {
  return stream.state !== 'paused' && !session.ghost;
}

function transcodeOf(session: Session, stream: Stream): TranscodeLoad {
  const { video, subtitle, transcode } = stream;
  return {
    sessionVendorId: session.vendorId,
    itemId: session.item?.itemId ?? null,
    userId: session.userId,
    state: stateOf(session, stream),
    sourceHeight: video?.sourceHeight ?? null,
    sourceCodec: video?.sourceCodec ?? null,
    hdr: video === null || video.hdr === 'unknown' ? null : video.hdr !== 'sdr',
    targetHeight: video?.delivery === 'transcode' ? (video.targetHeight ?? video.sourceHeight ?? 1080) : null,
    hardware: transcode?.hardware === 'hardware',
    burnIn: subtitle?.burnedIn ?? false,
    costMeasured: null,
  };
}

function stateOf(session: Session, { transcode }: Stream): TranscodeLoad['state'] {
  if (session.ghost) return 'ghost';
  if (transcode?.progressPercent === 100) return 'finished';
  return transcode?.throttled ? 'throttled' : 'running';
}
