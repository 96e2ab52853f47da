import { describe, expect, it } from '@jest/globals';
import { STANDINGS, type CandidateInput } from '@usher/contracts';
import fc from 'fast-check';
import { client, FILM, FILM_4K_HDR, inputs, server } from '../../test/builders.js';
import { choose } from './choose.js';
import { keptInputs, replay } from './replay.js';

const share = (max: number) => fc.double({ min: 0, max, noNaN: true });

const anyServer: fc.Arbitrary<CandidateInput> = fc
  .record({
    standing: fc.constantFrom(...STANDINGS, 'ready' as const, 'ready' as const, 'ready' as const),
    isHolder: fc.boolean(),
    is4k: fc.boolean(),
    enabled: fc.boolean(),
    cores: fc.integer({ min: 1, max: 32 }),
    demand: share(40),
    reservedDemand: share(10),
    egressWanKbps: share(200_000),
    uplinkAssumed: fc.boolean(),
    hardware: fc.boolean(),
    ageMs: fc.integer({ min: 0, max: 20_000 }),
    weight: fc.double({ min: 0.1, max: 10, noNaN: true }),
    scarcity: share(1),
    costRatio: fc.option(fc.double({ min: 0.01, max: 50, noNaN: true })),
  })
  .map(({ isHolder, is4k, enabled, ageMs, ...given }) => {
    const made = server({ ...given, load: { seq: 1, ageMs, confidence: 'host' }, account: { userId: 'u', enabled, evidence: 'given' } }, is4k ? FILM_4K_HDR : FILM);
    return isHolder ? made : { ...made, holder: null };
  });

const anyInputs = fc
  .tuple(fc.array(anyServer, { maxLength: 40 }), fc.constantFrom(480, 720, 1080, 2160, null), fc.option(fc.integer({ min: 300, max: 60_000 })), fc.boolean())
  .map(([servers, maxHeight, maxKbps, overloaded]) => inputs(servers, { client: client({ maxHeight, maxKbps }) }, { overloaded }));

describe('any decision', () => {
  it('can be made again from what is stored, and names every server once', () => {
    fc.assert(
      fc.property(anyInputs, (given) => {
        const decision = choose(given);
        expect(replay(keptInputs(given, decision))).toBe(decision.chosen?.server.serverId ?? null);
        expect(decision.candidates.map(({ serverId }) => serverId).sort()).toEqual(given.servers.map(({ serverId }) => serverId).sort());
      }),
      { numRuns: 300 },
    );
  });

  it('takes nobody who is out, nobody above the gate, and refuses only when nobody is left', () => {
    fc.assert(
      fc.property(anyInputs, (given) => {
        const { chosen, candidates, code } = choose(given);
        if (!chosen) {
          expect(code).toBe(candidates.some(({ eligible }) => eligible) ? 'FLEET_SATURATED' : 'NO_SERVER_AVAILABLE');
          expect(candidates.every(({ reason }) => reason !== null)).toBe(true);
          return;
        }
        expect(['ready', 'slow-start', 'suspect']).toContain(chosen.server.standing);
        expect(chosen.server.holder).not.toBeNull();
        expect(chosen.server.account?.enabled).toBe(true);
        if (chosen.need.delivery === 'transcode') expect(chosen.score.utilization).toBeLessThanOrEqual(chosen.gate);
        expect(chosen.rank).toBeLessThanOrEqual(Math.min(...candidates.flatMap(({ reason, rank }) => (reason === null ? [rank!] : []))) + 0.03);
      }),
      { numRuns: 300 },
    );
  });

  it('never gets worse for the chosen server when its load falls', () => {
    fc.assert(
      fc.property(anyInputs, (given) => {
        const { chosen } = choose(given);
        if (!chosen || chosen.need.delivery !== 'transcode') return;
        const idle = given.servers.map((entry) => (entry === chosen.server ? { ...entry, demand: 0, reservedDemand: 0, egressWanKbps: 0 } : entry));
        const again = choose({ ...given, servers: idle });
        expect(again.chosen).not.toBeNull();
        const before = chosen.rank;
        const itself = again.candidates.find(({ serverId }) => serverId === chosen.server.serverId)!;
        expect(itself.rank ?? Infinity).toBeLessThanOrEqual(before + 1e-9 + (itself.targetHeight !== chosen.need.targetHeight ? 10 : 0));
      }),
      { numRuns: 200 },
    );
  });
});
