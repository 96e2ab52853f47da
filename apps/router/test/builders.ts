import { uuidv7, type CandidateInput, type MediaSource, type PlacementInputs, type PlacementRequest, type RouteClient } from '@usher/contracts';

export const FILM: MediaSource = { height: 1080, videoCodec: 'h264', tenBit: false, hdr: false, framesPerSecond: 24, bitRateKbps: 8_000, durationMs: 6_000_000 };
export const FILM_4K_HDR: MediaSource = { height: 2160, videoCodec: 'hevc', tenBit: true, hdr: true, framesPerSecond: 24, bitRateKbps: 40_000, durationMs: 6_000_000 };

export function client(given: Partial<RouteClient> = {}): RouteClient {
  return { kind: 'Test', network: 'wan', region: null, maxHeight: null, maxKbps: null, videoCodecs: null, hdr: null, ...given };
}

/** A client that needs 1080p in 720p. */
export const SMALL_CLIENT = client({ maxHeight: 720, maxKbps: 4_000 });

/** A healthy, idle server of four measured cores that holds the film and knows the viewer. */
export function server(given: Partial<CandidateInput> = {}, source: MediaSource = FILM): CandidateInput {
  const serverId = given.serverId ?? uuidv7();
  return {
    serverId,
    machineId: serverId,
    standing: 'ready',
    readyForMs: 3_600_000,
    holder: { itemId: 'film', source },
    account: { userId: 'ana', enabled: true, evidence: 'given' },
    load: { seq: 1, ageMs: 1_000, confidence: 'host' },
    loadIsValid: true,
    cores: 4,
    coresAssumed: false,
    background: 0,
    machineFactor: 1,
    costRatio: 1,
    demand: 0,
    reservedDemand: 0,
    uplinkKbps: 100_000,
    uplinkAssumed: false,
    egressWanKbps: 0,
    egressLanKbps: 0,
    reservedWanKbps: 0,
    reservedLanKbps: 0,
    nicKbps: null,
    hardware: false,
    encoder: null,
    memoryShare: null,
    ioPressure: null,
    transcodes: 0,
    reservedTranscodes: 0,
    transcodeLimit: null,
    weight: 1,
    region: null,
    scarcity: 0,
    prepareFailed: null,
    ...given,
  };
}

export function inputs(servers: CandidateInput[], given: Partial<PlacementRequest> = {}, more: Partial<PlacementInputs> = {}): PlacementInputs {
  return {
    placementId: uuidv7(),
    request: {
      demand: 'playback',
      itemKey: 'film',
      title: 'Film',
      userName: 'ana',
      client: SMALL_CLIENT,
      positionMs: 0,
      holders: servers.flatMap(({ serverId, holder }) => (holder ? [{ serverId, ...holder }] : [])),
      accounts: servers.flatMap(({ serverId, account }) => (account ? [{ serverId, name: 'ana', ...account }] : [])),
      earlierServerId: null,
      renditions: [],
      ...given,
    },
    overloaded: false,
    floorHeight: 480,
    servers,
    ...more,
  };
}
