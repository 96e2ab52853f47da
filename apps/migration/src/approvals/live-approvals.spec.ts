import { describe, expect, it } from '@jest/globals';
import type { ApprovalRow } from './approvals.repository.js';
import { liveApprovals } from './live-approvals.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const approval = (operatorId: string, given: Partial<ApprovalRow> & { fromMin?: number; toMin?: number } = {}): ApprovalRow => {
  const { fromMin = -10, toMin = 50, ...row } = given;
  return { sha256: `sha of ${operatorId} ${toMin}`, jws: `jws of ${operatorId} ${toMin}`, operatorId, operatorName: operatorId, notBefore: new Date(NOW + fromMin * 60_000), expiresAt: new Date(NOW + toMin * 60_000), maxWrites: 100, revokedAt: null, ...row };
};

describe('liveApprovals', () => {
  it('counts a person once, by the approval that lasts longest', () => {
    expect(liveApprovals([approval('ana'), approval('ana', { toMin: 90 })], 1, NOW)).toEqual({ jws: ['jws of ana 90'], sha256: ['sha of ana 90'], approvers: ['ana'], maxWrites: 100 });
    expect(() => liveApprovals([approval('ana'), approval('ana', { toMin: 90 })], 2, NOW)).toThrow(expect.objectContaining({ code: 'APPROVAL_MISSING' }));
  });

  it('allows as many writes as the most careful approver does', () => {
    expect(liveApprovals([approval('ana', { maxWrites: 7 }), approval('bo')], 2, NOW).maxWrites).toBe(7);
  });

  it.each([
    ['nobody approved', [], 'APPROVAL_MISSING'],
    ['it begins later', [approval('ana', { fromMin: 1 })], 'APPROVAL_MISSING'],
    ['it is over', [approval('ana', { toMin: 0 })], 'APPROVAL_EXPIRED'],
    ['it was taken back', [approval('ana', { revokedAt: new Date(NOW) })], 'TICKET_REVOKED'],
  ])('allows nothing when %s', (_why, rows, code) => {
    expect(() => liveApprovals(rows, 1, NOW)).toThrow(expect.objectContaining({ code }));
  });

  it('counts a renewal after one was taken back', () => {
    expect(liveApprovals([approval('ana', { revokedAt: new Date(NOW) }), approval('ana', { toMin: 90 })], 1, NOW).sha256).toEqual(['sha of ana 90']);
  });
});
