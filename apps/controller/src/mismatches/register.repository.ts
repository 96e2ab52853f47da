import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { Location } from '../servers/server-settings.js';
import { accountKey, groupBy, type Account, type LanVisit, type Person, type Register, type WorldLibrary, type WorldServer } from './world.js';
import { WatchLooksRepository } from './watch-looks.repository.js';

interface EmailRow {
  readonly personId: string;
  readonly email: string;
  readonly verified: boolean;
}

/** What the rules know beside live sessions: servers, accounts, people, and where people were in the last day. */
@Injectable()
export class RegisterRepository {
  constructor(
    private readonly pool: Pool,
    private readonly looks: WatchLooksRepository,
  ) {}

  async read(): Promise<Register> {
    const [servers, accounts, people, emails, lanVisits, libraries, allowances] = await Promise.all([this.servers(), this.accounts(), this.people(), this.emails(), this.lanVisits(), this.libraries(), this.allowances()]);
    const [seenTitles, looks] = [await this.looks.differing(), await this.looks.progress()];
    const accountsOf = groupBy(accounts, ({ personId }) => personId);
    const emailsOf = groupBy(emails, ({ personId }) => personId);
    return {
      servers: new Map(servers.map((server) => [server.id, server])),
      accounts: new Map(accounts.map((account) => [accountKey(account.serverId, account.userId), account])),
      people: new Map(people.map(({ id, name }): [string, Person] => [id, { id, name, emails: emailsOf.get(id) ?? [], accounts: accountsOf.get(id) ?? [] }])),
      lanVisits,
      libraries,
      seenTitles,
      looks,
      allowances: new Map([...groupBy(allowances, ({ personId }) => personId)].map(([personId, rows]) => [personId, { pairs: new Set(rows.map(({ pair }) => pair)), latestId: rows[0]!.id }])),
    };
  }

  private async servers(): Promise<WorldServer[]> {
    const { rows } = await this.pool.query<{ id: string; alias: string; location: Location | null; usersReadAt: Date | null }>(
      `SELECT s.id, s.alias, s.location, (SELECT max(u.read_at) FROM media_user u WHERE u.server_id = s.id) AS "usersReadAt" FROM server s WHERE s.state <> 'historical'`,
    );
    return rows.map(({ usersReadAt, ...server }) => ({ ...server, usersReadAtMs: usersReadAt?.getTime() ?? null }));
  }

  private async accounts(): Promise<Account[]> {
    const { rows } = await this.pool.query<Account>(
      `SELECT u.server_id AS "serverId", u.vendor_id AS "userId", u.name, u.email, u.enabled, u.is_administrator AS "isAdministrator", u.libraries, i.identity_id AS "personId"
         FROM media_user u JOIN server s ON s.id = u.server_id AND s.state <> 'historical'
         LEFT JOIN identity_user i ON i.server_id = u.server_id AND i.user_vendor_id = u.vendor_id`,
    );
    return rows;
  }

  private async libraries(): Promise<WorldLibrary[]> {
    const { rows } = await this.pool.query<WorldLibrary>(
      `SELECT l.server_id AS "serverId", l.vendor_id AS "vendorId", l.name, l.type FROM library l JOIN server s ON s.id = l.server_id AND s.state <> 'historical' ORDER BY l.server_id, l.vendor_id`,
    );
    return rows;
  }

  private async people(): Promise<{ id: string; name: string }[]> {
    const { rows } = await this.pool.query<{ id: string; name: string }>(
      'SELECT id, display_name AS name FROM identity i WHERE merged_into IS NULL AND EXISTS (SELECT 1 FROM identity_user u WHERE u.identity_id = i.id)',
    );
    return rows;
  }

  private async emails(): Promise<EmailRow[]> {
    const { rows } = await this.pool.query<EmailRow>('SELECT identity_id AS "personId", email, verified_at IS NOT NULL AS verified FROM identity_email');
    return rows;
  }

  /** The newest first. */
  private async allowances(): Promise<{ id: string; personId: string; pair: string }[]> {
    const { rows } = await this.pool.query<{ id: string; personId: string; pair: string }>(
      `SELECT id, identity_id AS "personId", network_a || '|' || network_b AS pair FROM mismatch_allowance ORDER BY at DESC, id DESC`,
    );
    return rows;
  }

  /** The last one of each linked account at each server. */
  private async lanVisits(): Promise<LanVisit[]> {
    const { rows } = await this.pool.query<{ serverId: string; userId: string; title: string; startedAt: Date; endedAt: Date }>(
      `SELECT DISTINCT ON (p.server_id, p.user_id) p.server_id AS "serverId", p.user_id AS "userId", p.title, p.started_at AS "startedAt", p.ended_at AS "endedAt"
         FROM playback p JOIN identity_user i ON i.server_id = p.server_id AND i.user_vendor_id = p.user_id
        WHERE p.network = 'lan' AND p.ended_at > now() - interval '1 day'
        ORDER BY p.server_id, p.user_id, p.ended_at DESC`,
    );
    return rows.map(({ startedAt, endedAt, ...visit }) => ({ ...visit, startedAtMs: startedAt.getTime(), endedAtMs: endedAt.getTime() }));
  }
}
