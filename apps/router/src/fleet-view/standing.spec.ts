import { describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { fleetServer } from '../../test/support.js';
import { standingOf, type Heard } from './standing.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
const server = fleetServer();

function heard(given: Partial<Heard> = {}): Heard {
  return { server, silentForMs: 1_000, vendor: { status: 'online' }, vendorForMs: 0, isSuspect: false, readyForMs: Infinity, nowMs: NOW, maintenance: [], ...given };
}

const drained = (until: string | null) => ({ ...server, drain: { since: at(-1), until, move: 'next' as const } });
const window = (drainFrom: number, startAt: number, endAt: number) => [{ windowId: uuidv7(), serverIds: [server.serverId], drainFrom: at(drainFrom), startAt: at(startAt), endAt: at(endAt) }];

describe('the standing of a server', () => {
  it.each<[string, Partial<Heard>]>([
    ['ready', {}],
    ['ready', { vendor: null }],
    ['ready', { vendor: { status: 'unknown' } }],
    ['offline', { server: { ...server, agentId: null } }],
    ['offline', { silentForMs: null }],
    ['blind', { silentForMs: 15_000 }],
    ['blind', { silentForMs: 15_000, vendor: { status: 'unreachable' } }],
    ['down', { vendor: { status: 'unreachable' } }],
    ['down', { vendor: { status: 'rejected-key' } }],
    ['down', { vendor: { status: 'starting' }, vendorForMs: 60_000 }],
    ['suspect', { vendor: { status: 'starting' }, vendorForMs: 59_000 }],
    ['suspect', { vendor: { status: 'degraded' } }],
    ['suspect', { isSuspect: true }],
    ['slow-start', { readyForMs: 59_000 }],
    ['draining', { server: drained(null) }],
    ['draining', { server: drained(at(1)) }],
    ['ready', { server: drained(at(-1)) }],
    ['draining', { maintenance: window(-5, 5, 60) }],
    ['maintenance', { maintenance: window(-30, -5, 60) }],
    ['ready', { maintenance: window(5, 10, 60) }],
    ['ready', { maintenance: window(-60, -30, -1) }],
    ['down', { vendor: { status: 'unreachable' }, server: drained(null) }],
  ])('is %s', (standing, given) => expect(standingOf(heard(given))).toBe(standing));

  it('is not touched by the window of another server', () => {
    const [one] = window(-30, -5, 60);
    expect(standingOf(heard({ maintenance: [{ ...one!, serverIds: [uuidv7()] }] }))).toBe('ready');
  });
});
