import { Inject, Injectable } from '@nestjs/common';
import type { Reservation, RouterReservations } from '@usher/contracts';
import { ROUTER_TERMS, type RouterTerms } from '../infrastructure.js';

/** A router that is silent for so long is gone, and what it chose shows in reports. */
const PEER_SILENT_MS = 15_000;
/** So long a choice is known to have been counted, also when a report shows it by now. */
const COUNTED_MS = 60_000;

interface Peer {
  readonly seq: number;
  readonly heardMs: number;
  readonly reservations: readonly Reservation[];
}

/** What is reserved on one machine. */
export interface Reserved {
  cost: number;
  wanKbps: number;
  lanKbps: number;
  encoderSessions: number;
  transcodes: number;
}

export const NOTHING: Readonly<Reserved> = { cost: 0, wanKbps: 0, lanKbps: 0, encoderSessions: 0, transcodes: 0 };

/** Choices that no report shows yet: this router's own, its peers', and those that the database knows. */
@Injectable()
export class Reservations {
  private readonly own = new Map<string, Reservation>();
  private readonly stored = new Map<string, Reservation>();
  private readonly peers = new Map<string, Peer>();
  /** Placements that a report showed, with their machine; until when. A peer may repeat them until it has seen that itself. */
  private readonly counted = new Map<string, { readonly machineId: string; readonly untilMs: number }>();
  private readonly listeners = new Set<() => void>();

  constructor(@Inject(ROUTER_TERMS) private readonly terms: Pick<RouterTerms, 'routerId' | 'clock'>) {}

  /** Called after every change of this router's own set. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  reserve(reservation: Reservation): void {
    this.own.set(reservation.placementId, reservation);
    this.tell();
  }

  /** The choice came to nothing. */
  release(placementId: string): void {
    this.counted.delete(placementId);
    if (this.own.delete(placementId)) this.tell();
  }

  /** Of the database: at start, and when it refused a choice that did not know of them. */
  learn(reservations: readonly Reservation[]): void {
    for (const reservation of reservations) if (!this.own.has(reservation.placementId)) this.stored.set(reservation.placementId, reservation);
  }

  /** What this router told comes back to it, too. */
  receivePeer({ routerId, seq, reservations }: RouterReservations): void {
    if (routerId === this.terms.routerId) return;
    const known = this.peers.get(routerId);
    if (known && seq <= known.seq) return;
    this.peers.set(routerId, { seq, heardMs: this.terms.clock.monotonicMs(), reservations });
  }

  /** A report or a session shows it: from now on it counts there. */
  seen(serverId: string, itemId: string | null, userId: string | null): void {
    let isOurs = false;
    for (const reservation of this.living()) {
      if (reservation.serverId !== serverId || reservation.itemId !== itemId || reservation.userId !== userId) continue;
      this.count(reservation);
      isOurs = this.own.delete(reservation.placementId) || isOurs;
      this.stored.delete(reservation.placementId);
    }
    if (isOurs) this.tell();
  }

  /** This router's own set. */
  mine(): Reservation[] {
    return [...this.own.values()].filter((reservation) => this.isLiving(reservation));
  }

  byMachine(): Map<string, Reserved> {
    const machines = new Map<string, Reserved>();
    for (const { machineId, cost, wanKbps, lanKbps, encoderSessions, transcodes } of this.living()) {
      const sum = machines.get(machineId) ?? { ...NOTHING };
      sum.cost += cost;
      sum.wanKbps += wanKbps;
      sum.lanKbps += lanKbps;
      sum.encoderSessions += encoderSessions;
      sum.transcodes += transcodes;
      machines.set(machineId, sum);
    }
    return machines;
  }

  /** Placements of a machine that a choice made now has counted, as reservations or inside a report. */
  countedOn(machineId: string): string[] {
    const now = this.terms.clock.monotonicMs();
    for (const [placementId, { untilMs }] of this.counted) if (untilMs <= now) this.counted.delete(placementId);
    const seen = [...this.counted].flatMap(([placementId, { machineId: on }]) => (on === machineId ? placementId : []));
    const reserved = this.living().flatMap((reservation) => (reservation.machineId === machineId ? reservation.placementId : []));
    return [...new Set([...seen, ...reserved])];
  }

  /** Drops what is over; a set that shrank is told. */
  sweep(): void {
    let shrank = false;
    for (const reservation of this.own.values()) {
      if (this.isLiving(reservation)) continue;
      this.own.delete(reservation.placementId);
      shrank = true;
    }
    for (const reservation of this.stored.values()) if (!this.isLiving(reservation)) this.stored.delete(reservation.placementId);
    for (const [routerId, { heardMs }] of this.peers) if (this.terms.clock.monotonicMs() - heardMs > PEER_SILENT_MS) this.peers.delete(routerId);
    if (shrank) this.tell();
  }

  private living(): Reservation[] {
    const all = new Map<string, Reservation>();
    for (const reservation of this.stored.values()) all.set(reservation.placementId, reservation);
    for (const { heardMs, reservations } of this.peers.values()) {
      if (this.terms.clock.monotonicMs() - heardMs > PEER_SILENT_MS) continue;
      for (const reservation of reservations) all.set(reservation.placementId, reservation);
    }
    for (const reservation of this.own.values()) all.set(reservation.placementId, reservation);
    return [...all.values()].filter((reservation) => this.isLiving(reservation) && !this.counted.has(reservation.placementId));
  }

  private isLiving({ endsAt }: Reservation): boolean {
    return Date.parse(endsAt) > this.terms.clock.now();
  }

  private count({ placementId, machineId }: Reservation): void {
    this.counted.set(placementId, { machineId, untilMs: this.terms.clock.monotonicMs() + COUNTED_MS });
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
