import { describe, expect, it } from '@jest/globals';
import { PlanOptions, uuidv7, type PlanHeader } from '@usher/contracts';
import { reportText, type ReportFacts } from './report.js';
import { partsOf } from './reports.service.js';

const server = (alias: string) => ({ serverId: uuidv7(), alias, kind: 'jellyfin' as const, machineId: null, version: '10.11.0', digest: 'a'.repeat(64) });
const header: PlanHeader = {
  v: 1, planId: uuidv7(), version: 3, kind: 'users', ofRun: null, madeAt: '2026-03-01T12:00:00.000Z', initiator: uuidv7(), source: server('attic'), target: server('cellar'),
  users: [{ identityId: null, sources: [{ vendorId: 's', name: 'ana' }], target: { vendorId: 't', name: 'Ana' }, decision: 'map', evidence: 'name', verdicts: [{ field: 'password', kind: 'impossible', reason: 'password-not-readable', rows: null }, { field: 'played', kind: 'exact', reason: null, rows: 2 }] }],
  libraries: [], paths: [], fields: ['played'], options: PlanOptions.parse({}), counts: { rows: 2, writes: 2, skips: 0 }, limits: { maxWrites: 2, maxFailures: 1 }, chunks: [],
};
const facts: ReportFacts = {
  run: { runId: uuidv7(), state: 'done', startedBy: 'sam', startedAt: '2026-03-01T12:00:00.000Z', endedAt: '2026-03-01T12:05:00.000Z', verifiedAt: '2026-03-01T12:04:00.000Z', requests: 9, writes: 2, tickets: 1, accepted: null, code: null },
  planSha256: 'b'.repeat(64), header, approvals: [], rows: { verified: 1, conflict: 1 }, byUser: [{ verified: 1, conflict: 1 }], byTier: { A: 2 }, byField: { played: { same: 1, conflict: 1 } }, verify: { same: 1 }, skips: {},
  exceptions: [{ n: 1, user: 'Ana', op: 'watch-state.set', title: 'A Film', item: 's1', state: 'conflict', code: 'TARGET_CHANGED', verify: null, wanted: null, now: null }],
  exceptionsLeftOut: 0, items: [{ source: 's1', target: 't1', tier: 'A' }], auditSeq: 77,
};

describe('a report', () => {
  it('is the same text for the same facts, in whatever order they come', () => {
    expect(reportText({ ...facts, rows: { conflict: 1, verified: 1 } })).toBe(reportText(facts));
  });

  it('says what was lost in words, and what a person has to look at', () => {
    const report = JSON.parse(reportText(facts)) as { losses: unknown; exceptions: unknown; users: { rows: unknown }[]; plan: { sha256: string } };
    expect(report.losses).toEqual([expect.objectContaining({ user: 'Ana', field: 'password', kind: 'impossible', text: expect.stringContaining('password') })]);
    expect(report.exceptions).toEqual([expect.objectContaining({ n: 1, code: 'TARGET_CHANGED' })]);
    expect(report.users[0]!.rows).toEqual({ conflict: 1, verified: 1 });
    expect(report.plan.sha256).toBe(facts.planSha256);
  });

  it('travels in parts that are never cut inside a character', () => {
    const text = `x${'🎬'.repeat(60_000)}`;
    const parts = partsOf(text);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.join('')).toBe(text);
    expect(parts.every((part) => Buffer.from(part, 'utf8').toString('utf8') === part)).toBe(true);
  });
});
