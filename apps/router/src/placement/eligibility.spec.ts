import { describe, expect, it } from '@jest/globals';
import type { CandidateInput } from '@usher/contracts';
import { inputs, server } from '../../test/builders.js';
import { whyNot } from './eligibility.js';

const { request } = inputs([]);

describe('why a server cannot be taken', () => {
  it.each<[string, Partial<CandidateInput>]>([
    ['offline', { standing: 'offline' }],
    ['blind', { standing: 'blind' }],
    ['down', { standing: 'down' }],
    ['maintenance', { standing: 'maintenance' }],
    ['draining', { standing: 'draining' }],
    ['item-missing', { holder: null }],
    ['user-missing', { account: null }],
    ['user-not-allowed', { account: { userId: 'ana', enabled: false, evidence: 'name' } }],
    ['load-stale', { load: null }],
    ['load-stale', { load: { seq: 1, ageMs: 15_001, confidence: 'host' } }],
    ['load-invalid', { loadIsValid: false }],
    ['prepare-failed', { prepareFailed: 'AGENT_OFFLINE' }],
  ])('%s', (reason, given) => expect(whyNot(server(given), request)).toBe(reason));

  it('tells the first reason of several', () => {
    expect(whyNot(server({ standing: 'draining', holder: null, account: null, load: null }), request)).toBe('draining');
  });

  it('is none for a healthy, a starting and a suspect server', () => {
    for (const standing of ['ready', 'slow-start', 'suspect'] as const) expect(whyNot(server({ standing }), request)).toBeNull();
  });

  it('asks for no account for a conversion', () => expect(whyNot(server({ account: null }), { ...request, demand: 'conversion' })).toBeNull());
});
