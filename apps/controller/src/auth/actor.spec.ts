import { describe, expect, it } from '@jest/globals';
import { Actor, OPERATOR_ROLES, type OperatorRole } from './actor.js';

const as = (role: OperatorRole, provenAt: Date | null = null) =>
  new Actor({ operatorId: 'o', name: 'ana', role, signInId: 's', kind: 'console', provenAt, expiresAt: new Date(0) });

describe('Actor', () => {
  it('has its role and those below', () => {
    const table = OPERATOR_ROLES.map((role) => OPERATOR_ROLES.map((needed) => as(role).has(needed)));
    expect(table).toEqual([[true, false, false], [true, true, false], [true, true, true]]);
  });

  it('without sign-in has none', () => {
    expect(() => new Actor(null).allow('viewer')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  });

  it('below the role is refused by name of the role', () => {
    expect(() => as('viewer').require('operator')).toThrow(expect.objectContaining({ code: 'FORBIDDEN', details: { role: 'operator' } }));
  });

  it('proves a password for five minutes', () => {
    const proven = as('operator', new Date(1_000));
    expect(() => proven.requireProof(301_000)).not.toThrow();
    expect(() => proven.requireProof(301_001)).toThrow(expect.objectContaining({ code: 'STEP_UP_REQUIRED' }));
    expect(() => as('superadmin').requireProof(0)).toThrow(expect.objectContaining({ code: 'STEP_UP_REQUIRED' }));
  });

  it('is the host only when made so: it may do everything and is no person', () => {
    expect(() => Actor.host().allow('superadmin')).not.toThrow();
    expect(() => Actor.host().requireProof(0)).not.toThrow();
    expect(() => Actor.host().require('viewer')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  });
});
