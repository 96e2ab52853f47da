import type { LoadDetail, ServerLoad, TranscodeLoad } from '@usher/contracts';
import { costHere, DIRECT_COST, knownSource, REMUX_COST, tableCost } from './cost.js';

/** Of a conversion that changes sound or container only. */
const SOUND_COST = 0.02;
/** Of an agent that tells only how many there are: an ordinary film in its own size. */
const USUAL_TRANSCODE = 0.86;
/** More CPU than any machine has, or a rate that no line carries: a wrong report. */
const POSSIBLE_DEMAND = 5_000;

/** What a server needs now, by its last report. */
export interface Demand {
  /** CPU-seconds per second of media. */
  readonly cpu: number;
  readonly transcodes: number;
  readonly encoderSessions: number;
  readonly streams: number;
  readonly wanKbps: number;
  readonly lanKbps: number;
  readonly isPossible: boolean;
}

/** A finished conversion costs no CPU any more, whatever the viewer still watches; a vanished viewer costs nothing at all. */
export function demandOf(load: ServerLoad, detail: LoadDetail | null): Demand {
  if (!detail) {
    const cpu = load.transcodes * USUAL_TRANSCODE + Math.max(0, load.streams - load.transcodes) * DIRECT_COST;
    return { cpu, transcodes: load.transcodes, encoderSessions: 0, streams: load.streams, wanKbps: load.egressKbps, lanKbps: 0, isPossible: cpu <= POSSIBLE_DEMAND };
  }
  const working = detail.transcodes.filter(({ state }) => state === 'running' || state === 'throttled');
  const cpu = working.reduce((sum, transcode) => sum + costOfTranscode(transcode), detail.directStreams * DIRECT_COST + detail.remuxes * REMUX_COST);
  return {
    cpu,
    transcodes: working.length,
    encoderSessions: working.filter(({ hardware, targetHeight }) => hardware && targetHeight !== null).length,
    streams: load.streams,
    wanKbps: detail.egressKbps.wan,
    lanKbps: detail.egressKbps.lan,
    isPossible: cpu <= POSSIBLE_DEMAND,
  };
}

function costOfTranscode(transcode: TranscodeLoad): number {
  if (transcode.costMeasured !== null) return transcode.costMeasured;
  if (transcode.targetHeight === null) return SOUND_COST;
  const { sourceHeight, sourceCodec, hdr } = transcode;
  const source = knownSource({ height: sourceHeight || null, videoCodec: sourceCodec, tenBit: null, hdr, framesPerSecond: null, bitRateKbps: null, durationMs: null });
  const table = tableCost({ source, targetHeight: transcode.targetHeight || source.height, toneMap: source.hdr, burnIn: transcode.burnIn });
  return costHere(table, { machineFactor: 1, costRatio: null, hardware: transcode.hardware });
}
