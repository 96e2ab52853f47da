import { Inject, Injectable } from '@nestjs/common';
import { AppError, splitSessionId, Uuid7, type Session } from '@usher/contracts';
import { transaction } from '@usher/database';
import type { Clock } from '@usher/resilience';
import { Pool } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { ChangeHub } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { showSession } from '../sessions/session-view.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { Compared, ComparedServer, Side } from './comparison.js';
import type { MismatchAllowanceObject, MismatchComparisonObject, MismatchSideObject } from './comparison.graphql.js';
import { ComparisonRepository, MAX_PLAYS, type AllowanceRow } from './comparison.repository.js';
import { distanceOf, factsOf, pairOfSides, verdictOf } from './fact.rules.js';
import { deviceFirstSeenMs, habitsOf, LANES_MS, lanesOf, reachOf, useOf } from './ledger.rules.js';
import type { Evidence } from './mismatch.js';
import { MismatchesRepository, type MismatchRow } from './mismatches.repository.js';
import { allowableOf, labelOfKey, networkKeyOf, networkLabel } from './networks.js';

const WINDOW_MS = 90 * 86_400_000;

/** One mismatch with everything that is known around it. For role operator: addresses stand in it. */
@Injectable()
export class ComparisonService {
  constructor(
    private readonly mismatches: MismatchesRepository,
    private readonly repository: ComparisonRepository,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
    private readonly changes: ChangeHub,
    private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** @throws FORBIDDEN, VALIDATION_FAILED, NOT_FOUND */
  async compare(actor: Actor, id: string): Promise<MismatchComparisonObject> {
    actor.require('operator');
    if (!Uuid7.safeParse(id).success) throw new AppError('VALIDATION_FAILED', 'This is not the id of a mismatch.', { field: 'id' });
    const mismatch = await this.mismatches.find(id);
    if (!mismatch) throw new AppError('NOT_FOUND', 'There is no such mismatch.', { field: 'id' });
    const person = personOf(mismatch.evidence);
    const [compared, allowances] = await Promise.all([this.compared(mismatch, person?.id ?? null), person ? this.repository.allowancesOf(person.id) : []]);
    return this.shown(mismatch, person, compared, allowances);
  }

  /** @throws FORBIDDEN, VALIDATION_FAILED, NOT_FOUND */
  async forget(actor: Actor, id: string): Promise<boolean> {
    actor.require('operator');
    if (!Uuid7.safeParse(id).success) throw new AppError('VALIDATION_FAILED', 'This is not the id of an allowance.', { field: 'id' });
    const { identityId } = await transaction(this.pool, async (tx) => {
      const row = await this.repository.forget(tx, id);
      if (!row) throw new AppError('NOT_FOUND', 'There is no such allowance.', { field: 'id' });
      await this.audit.append(tx, actor, { action: 'mismatch.allowance_forgotten', payload: { mismatchId: row.mismatchId, identityId: row.identityId, networks: [row.networkA, row.networkB] } });
      return row;
    });
    this.changes.publish('identity', [identityId]);
    this.changes.publish('mismatch', ['all']);
    return true;
  }

  private async compared(mismatch: MismatchRow, personId: string | null): Promise<Compared> {
    const nowMs = this.clock.now();
    const [servers, accounts, verified] = await Promise.all([
      this.repository.servers(),
      personId ? this.repository.accountsOf(personId) : [],
      personId ? this.repository.verified(personId) : new Map<string, string>(),
    ]);
    const plays = await this.repository.plays(personId ? accounts : (oneAccountOf(mismatch.evidence) ?? []), new Date(nowMs - WINDOW_MS));
    const sides = mismatch.evidence.map((evidence) => sideOf(evidence, this.live(evidence)));
    return { nowMs, rule: mismatch.rule, sides, servers, accounts, verified, plays: plays.slice(0, MAX_PLAYS), isCut: plays.length > MAX_PLAYS };
  }

  /** Null when it ended, or when its server does not answer. */
  private live({ sessionId }: Evidence): Session | null {
    const parts = sessionId === null ? null : splitSessionId(sessionId);
    const snapshot = parts && this.sessions.live.snapshot(parts.serverId);
    if (!parts || !snapshot || this.sessions.isStale(snapshot)) return null;
    const found = this.sessions.live.find(parts.serverId, parts.vendorId);
    return found?.stream ? found : null;
  }

  private shown(mismatch: MismatchRow, person: Person | null, compared: Compared, allowances: readonly AllowanceRow[]): MismatchComparisonObject {
    const { plays, sides, servers, nowMs } = compared;
    const facts = factsOf(compared);
    const pair = pairOfSides(sides);
    const { habits, more } = habitsOf(compared);
    const reachMs = reachOf(plays);
    return {
      mismatch,
      personId: person?.id ?? null,
      personName: person?.name ?? null,
      verdict: verdictOf(facts),
      sides: sides.map((side) => this.shownSide(side, compared)),
      distanceKm: pair && distanceOf(pair, compared),
      facts,
      lanesFrom: new Date(nowMs - LANES_MS),
      lanesUntil: new Date(nowMs),
      lanes: lanesOf(compared).map(({ parts, ...lane }) => ({ ...lane, parts: parts.map(({ fromMs, untilMs, isTogether }) => ({ from: new Date(fromMs), until: new Date(untilMs), together: isTogether })) })),
      habits: habits.map(({ isCompared, ...habit }) => ({ ...habit, compared: isCompared })),
      moreHabits: more,
      ledgerFrom: reachMs === null ? null : new Date(reachMs),
      ledgerCut: compared.isCut,
      allowable: mismatch.state === 'resolved' ? [] : allowableOf(mismatch),
      allowances: allowances.map((row) => shownAllowance(row, servers)),
    };
  }

  private shownSide({ evidence, startedAtMs }: Side, { plays, accounts }: Compared): MismatchSideObject {
    const use = useOf(plays, evidence);
    const deviceMs = deviceFirstSeenMs(plays, evidence.deviceName);
    const session = this.live(evidence);
    return {
      evidence,
      session: session && showSession(evidence.serverId, session, 'open'),
      sinceAt: startedAtMs === null ? null : new Date(startedAtMs),
      networkKey: networkKeyOf(evidence),
      networkLabel: networkLabel(evidence, evidence.serverAlias),
      networkDays: use?.days ?? null,
      networkFirstSeenAt: use && new Date(use.firstSeenAtMs),
      deviceFirstSeenAt: deviceMs === null ? null : new Date(deviceMs),
      email: accounts.find(({ serverId, userId }) => serverId === evidence.serverId && userId === evidence.userId)?.email ?? null,
    };
  }
}

interface Person {
  readonly id: string;
  readonly name: string | null;
}

/** Null when the evidence names nobody, or several people. */
function personOf(evidence: readonly Evidence[]): Person | null {
  const [first] = evidence;
  if (!first || first.identityId === null || evidence.some(({ identityId }) => identityId !== first.identityId)) return null;
  return { id: first.identityId, name: first.identityName };
}

/** The account of nobody that all evidence is about. */
function oneAccountOf(evidence: readonly Evidence[]): { serverId: string; userId: string }[] | null {
  const [first] = evidence;
  if (!first || first.userId === null) return null;
  const { serverId, userId } = first;
  return evidence.every((one) => one.serverId === serverId && one.userId === userId) ? [{ serverId, userId }] : null;
}

function sideOf(evidence: Evidence, session: Session | null): Side {
  const stream = session?.stream ?? null;
  const startedAtMs = Date.parse(stream?.startedAt ?? evidence.at);
  return { evidence, state: stream?.state ?? null, startedAtMs: evidence.sessionId === null || Number.isNaN(startedAtMs) ? null : startedAtMs };
}

function shownAllowance({ id, networkA, networkB, note, allowedBy, at }: AllowanceRow, servers: ReadonlyMap<string, ComparedServer>): MismatchAllowanceObject {
  const alias = (serverId: string) => servers.get(serverId)?.alias ?? 'a removed server';
  return { id, networks: [networkA, networkB].map((key) => labelOfKey(key, alias)), note, allowedBy, at };
}
