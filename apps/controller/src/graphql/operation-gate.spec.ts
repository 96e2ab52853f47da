import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { Actor } from '../auth/actor.js';
import { OperationGate } from './operation-gate.js';

const signedIn = (signInId: string) => new Actor({ operatorId: 'o', name: 'n', role: 'viewer', signInId, kind: 'cli', provenAt: null, expiresAt: new Date(0) });
const LIMITED = expect.objectContaining({ code: 'RATE_LIMITED' });

describe('OperationGate', () => {
  it('lets 40 through at once and 20 a second after that', async () => {
    const clock = new ManualClock();
    const gate = new OperationGate(clock);
    const actor = signedIn('a');
    for (let i = 0; i < 40; i++) gate.count(actor);
    expect(() => gate.count(actor)).toThrow(LIMITED);
    expect(() => gate.count(signedIn('b'))).not.toThrow();
    await clock.advance(1_000);
    for (let i = 0; i < 20; i++) gate.count(actor);
    expect(() => gate.count(actor)).toThrow(LIMITED);
  });

  it('counts callers without sign-in by address', () => {
    const gate = new OperationGate(new ManualClock());
    for (let i = 0; i < 40; i++) gate.count(new Actor(null, '192.0.2.1'));
    expect(() => gate.count(new Actor(null, '192.0.2.1'))).toThrow(LIMITED);
    expect(() => gate.count(new Actor(null, '192.0.2.2'))).not.toThrow();
  });

  it('holds eight operations at once; leaving twice frees one place only', () => {
    const gate = new OperationGate(new ManualClock());
    const actor = signedIn('a');
    const leaves = Array.from({ length: 8 }, () => gate.enter(actor));
    expect(() => gate.enter(actor)).toThrow(LIMITED);
    leaves[0]!();
    leaves[0]!();
    expect(() => gate.enter(actor)).not.toThrow();
    expect(() => gate.enter(actor)).toThrow(LIMITED);
  });
});
