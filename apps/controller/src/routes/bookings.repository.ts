import { Injectable } from '@nestjs/common';
import { Reservation, RESERVATION_MS, type Booking } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';

/** Classes of advisory locks; the second number is the hash of the machine or server. */
const MACHINE_LOCK = 7_401;
const DRAIN_LOCK = 7_402;
/** Sums of floating-point numbers are compared with this much patience. */
const ROUNDING = 1e-6;

interface Held {
  readonly cost: number;
  readonly wan_kbps: number;
  readonly encoder_sessions: number;
  readonly transcodes: number;
  readonly body: unknown;
}

/**
 * Reservations as rows. A machine is booked by one transaction at a time; what its booker could not have known of is
 * added up and must fit into the room that was left, so that two routers never fill one place twice.
 */
@Injectable()
export class BookingsRepository {
  constructor(private readonly pool: Pool) {}

  /** Until the end of the transaction no other one books this machine. Returns what the choice has not counted when it does not fit; null when it is booked. */
  async book(tx: PoolClient, { reservation, counted, room }: Booking): Promise<Reservation[] | null> {
    await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [MACHINE_LOCK, reservation.machineId]);
    const { rows } = await tx.query<Held>(
      `SELECT cost, wan_kbps, encoder_sessions, transcodes, body FROM reservation WHERE machine_id = $1 AND ends_at > now() AND placement_id <> ALL($2::uuid[])`,
      [reservation.machineId, counted],
    );
    const sum = (of: (held: Held) => number): number => rows.reduce((total, held) => total + of(held), 0);
    const fits = (more: number, own: number, left: number | null): boolean => left === null || more + own <= left + ROUNDING || more === 0;
    const isRoom =
      fits(sum((held) => held.cost), reservation.cost, room.cost) &&
      fits(sum((held) => held.wan_kbps), reservation.wanKbps, room.wanKbps) &&
      fits(sum((held) => held.encoder_sessions), reservation.encoderSessions, room.encoderSessions) &&
      fits(sum((held) => held.transcodes), reservation.transcodes, room.transcodes);
    if (!isRoom) return rows.map(({ body }) => Reservation.parse(body));
    await tx.query(
      `INSERT INTO reservation (placement_id, machine_id, server_id, cost, wan_kbps, encoder_sessions, transcodes, body, ends_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))`,
      [
        reservation.placementId,
        reservation.machineId,
        reservation.serverId,
        reservation.cost,
        reservation.wanKbps,
        reservation.encoderSessions,
        reservation.transcodes,
        JSON.stringify(reservation),
        RESERVATION_MS / 1_000,
      ],
    );
    return null;
  }

  /** Those that have not ended. */
  async living(): Promise<Reservation[]> {
    const { rows } = await this.pool.query<{ body: unknown }>('SELECT body FROM reservation WHERE ends_at > now() ORDER BY placement_id LIMIT 2000');
    return rows.map(({ body }) => Reservation.parse(body));
  }

  /** Keeps a drain of this server waiting until the transaction has ended. False when it is drained. */
  async mayStart(tx: PoolClient, serverId: string): Promise<boolean> {
    await tx.query('SELECT pg_advisory_xact_lock_shared($1, hashtext($2))', [DRAIN_LOCK, serverId]);
    const { rowCount } = await tx.query('SELECT 1 FROM server_drain WHERE server_id = $1 AND (until IS NULL OR until > now())', [serverId]);
    return rowCount === 0;
  }

  /** Waits for starts that are being written; later ones see the drain. */
  async lockStarts(tx: PoolClient, serverId: string): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [DRAIN_LOCK, serverId]);
  }
}
