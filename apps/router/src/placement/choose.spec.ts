import { describe, expect, it } from '@jest/globals';
import { client, FILM, FILM_4K_HDR, inputs, server } from '../../test/builders.js';
import { choose } from './choose.js';

const reasonsOf = (decision: ReturnType<typeof choose>) => decision.candidates.map((candidate) => candidate.reason);

describe('the choice', () => {
  it('takes the machine that is used least with the playback on it', () => {
    const [big, small] = [server({ cores: 8, demand: 3 }), server({ cores: 2, demand: 0.5 })];
    const decision = choose(inputs([small, big]));
    expect(decision.chosen?.server).toBe(big);
    expect(decision.chosen?.score.utilization).toBeCloseTo((3 + 0.51) / (0.97 * 8));
    expect(decision.candidates.map(({ serverId }) => serverId)).toEqual([big.serverId, small.serverId]);
    expect(decision.margin).toBeGreaterThan(0);
  });

  it('counts what is reserved and not yet reported', () => {
    const [reserved, free] = [server({ reservedDemand: 2 }), server({ demand: 1 })];
    expect(choose(inputs([reserved, free])).chosen?.server).toBe(free);
  });

  it('sends where the file plays as it is', () => {
    const [converting, direct] = [server({}, FILM_4K_HDR), server({ demand: 2 })];
    const decision = choose(inputs([converting, direct], { client: client({ maxHeight: 1080 }) }));
    expect(decision.chosen).toMatchObject({ server: direct, need: { delivery: 'direct-play' } });
  });

  it('lets the machine do the work where it costs least, as long as that one is not much fuller', () => {
    const encoder = { sessions: 1, limit: 8, reserved: 0 };
    const [software, hardware] = [server({ cores: 8, demand: 2 }, FILM_4K_HDR), server({ hardware: true, encoder, demand: 2 }, FILM_4K_HDR)];
    const asked = inputs([software, hardware], { client: client({ maxHeight: 1080 }) });
    const decision = choose(asked);
    expect(decision.chosen?.server).toBe(hardware);
    const [dear, cheap] = [software, hardware].map(({ serverId }) => decision.candidates.find((candidate) => candidate.serverId === serverId)!);
    expect(dear!.adjustments).toEqual([{ name: 'cost', value: expect.closeTo(0.4 * 0.8 * dear!.cost) }]);
    expect(dear!.utilization! - cheap!.utilization!).toBeLessThan(0.1);
    expect(cheap!.adjustments).toEqual([]);
    const fuller = { ...hardware, encoder: { ...encoder, sessions: 7 } };
    const light = inputs([{ ...software, demand: 0 }, fuller]);
    expect(choose(light).chosen?.server.serverId).toBe(software.serverId);
  });

  it('measures what a server wastes by the cheapest that could, also when that one is full', () => {
    const [full, dear] = [server({ hardware: true, demand: 3.9 }), server()];
    const decision = choose(inputs([full, dear]));
    expect(decision.chosen).toMatchObject({ server: dear, rank: expect.closeTo(0.51 / 3.88 + 0.4 * 0.8 * 0.51) });
  });

  it('goes back to the server of the earlier episode when it is nearly as good', () => {
    const [earlier, other] = [server({ demand: 0.4 }), server()];
    expect(choose(inputs([earlier, other], { earlierServerId: earlier.serverId })).chosen?.server).toBe(earlier);
    const busy = { ...earlier, demand: 1.2 };
    expect(choose(inputs([busy, other], { earlierServerId: earlier.serverId })).chosen?.server).toBe(other);
  });

  it('heeds weight, region, trust, age and scarcity', () => {
    const best = (a: Parameters<typeof server>[0], b: Parameters<typeof server>[0], given: Parameters<typeof inputs>[1] = {}) => {
      const [first, second] = [server(a), server(b)];
      return choose(inputs([first, second], given)).chosen?.server === first ? 'first' : 'second';
    };
    expect(best({ demand: 1 }, { demand: 1, weight: 2 })).toBe('second');
    expect(best({ region: 'north' }, { region: 'south' }, { client: client({ maxHeight: 720, network: 'lan', region: 'south' }) })).toBe('second');
    expect(best({ load: { seq: 1, ageMs: 0, confidence: 'assumed' } }, {})).toBe('second');
    expect(best({ load: { seq: 1, ageMs: 12_000, confidence: 'host' } }, {})).toBe('second');
    expect(best({ scarcity: 1 }, {})).toBe('second');
    expect(best({ standing: 'slow-start', readyForMs: 0, demand: 0.3 }, { demand: 0.3 })).toBe('second');
    expect(best({ standing: 'suspect' }, { demand: 3 })).toBe('second');
  });

  it('lets chance decide between equals, another way for each placement', () => {
    const servers = [server(), server(), server()];
    const chosen = new Set(Array.from({ length: 60 }, () => choose(inputs(servers)).chosen!.server.serverId));
    expect(chosen.size).toBe(3);
  });

  it('names one reason per server when all are out', () => {
    const decision = choose(inputs([server({ standing: 'draining' }), server({ holder: null }), server({ load: null })]));
    expect(decision).toMatchObject({ verdict: 'refused', code: 'NO_SERVER_AVAILABLE', chosen: null });
    expect(new Set(reasonsOf(decision))).toEqual(new Set(['draining', 'item-missing', 'load-stale']));
  });

  it('has no server at all for an empty fleet', () => expect(choose(inputs([]))).toMatchObject({ code: 'NO_SERVER_AVAILABLE', candidates: [] }));

  it('takes an impossible number for no load', () => {
    expect(reasonsOf(choose(inputs([server({ demand: 1e9 })])))).toEqual(['load-invalid']);
  });
});

describe('admission', () => {
  it('offers a smaller rendition before it refuses', () => {
    const decision = choose(inputs([server({ demand: 3.5 })]));
    expect(decision).toMatchObject({ verdict: 'smaller', chosen: { need: { targetHeight: 480 } } });
  });

  it('goes no lower than the floor, then says that the fleet is full', () => {
    const decision = choose(inputs([server({ demand: 3.5 })], {}, { floorHeight: 720 }));
    expect(decision).toMatchObject({ verdict: 'refused', code: 'FLEET_SATURATED' });
    expect(reasonsOf(decision)).toEqual(['over-gate']);
  });

  it('never refuses direct play for the processor', () => {
    const decision = choose(inputs([server({ demand: 8 })], { client: client() }));
    expect(decision).toMatchObject({ verdict: 'placed', chosen: { need: { delivery: 'direct-play' } } });
  });

  it('refuses direct play for a full uplink that is known, and not for one that is only assumed', () => {
    const full = { egressWanKbps: 99_000 };
    expect(choose(inputs([server({ ...full, demand: 4 })], { client: client() })).code).toBe('FLEET_SATURATED');
    expect(choose(inputs([server({ ...full, uplinkAssumed: true })], { client: client() })).verdict).toBe('placed');
    expect(choose(inputs([server(full)], { client: client({ network: 'lan' }) })).verdict).toBe('placed');
  });

  it('saves a full uplink by a smaller rendition', () => {
    const decision = choose(inputs([server({ egressWanKbps: 95_000 })], { client: client() }));
    expect(decision).toMatchObject({ verdict: 'smaller', chosen: { need: { targetHeight: 720, wanKbps: 2_850 } } });
  });

  it('keeps more room where numbers are assumed or a cost was never measured', () => {
    const gate = (given: Parameters<typeof server>[0]) => choose(inputs([server(given)])).chosen?.gate;
    expect(gate({})).toBe(1);
    expect(gate({ costRatio: null })).toBe(0.95);
    expect(gate({ costRatio: null, load: { seq: 1, ageMs: 0, confidence: 'assumed' } })).toBeCloseTo(0.85);
  });

  it('keeps heavy conversions out first when the fleet is overloaded', () => {
    const heavy = inputs([server({ demand: 1.2 }, FILM_4K_HDR)], { client: client({ maxHeight: 1080 }) }, { floorHeight: 1080 });
    expect(choose(heavy).verdict).toBe('placed');
    expect(choose({ ...heavy, overloaded: true }).verdict).toBe('refused');
  });

  it('costs hardware less, and software when no encoder is free', () => {
    const encoder = { sessions: 2, limit: 3, reserved: 0 };
    expect(choose(inputs([server({ hardware: true, encoder })])).chosen?.need).toMatchObject({ hardware: true, cost: expect.closeTo(0.102) });
    expect(choose(inputs([server({ hardware: true, encoder: { ...encoder, reserved: 1 } })])).chosen?.need).toMatchObject({ hardware: false, cost: expect.closeTo(0.51) });
  });

  it('holds to the maximum of the media server itself', () => {
    expect(choose(inputs([server({ transcodeLimit: 2, transcodes: 1, reservedTranscodes: 1 })])).code).toBe('FLEET_SATURATED');
  });

  it('places a conversion only where much is free, without an account', () => {
    const conversion = { demand: 'conversion' as const, renditions: [720, 480] };
    expect(choose(inputs([server({ account: null })], conversion))).toMatchObject({ verdict: 'placed', chosen: { gate: 0.6, need: { cost: expect.closeTo(0.51 + 0.32 - 0.15) } } });
    expect(choose(inputs([server({ demand: 2 })], conversion)).code).toBe('FLEET_SATURATED');
  });
});

describe('parts', () => {
  it('are told for what is known and named when nothing is', () => {
    const { chosen } = choose(inputs([server({ memoryShare: 0.5, ioPressure: 0.3, nicKbps: 1_000_000 }, FILM)]));
    expect(chosen!.score.parts.map(({ part }) => part)).toEqual(['cpu', 'uplink', 'nic', 'memory', 'io']);
    expect(choose(inputs([server()])).chosen!.score.unknown).toEqual(['nic', 'memory', 'io']);
  });
});
