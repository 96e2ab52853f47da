import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '@usher/contracts';
import { Pool } from 'pg';
import { groupedBy } from './grouped-by.js';
import { IdentitiesRepository, type KnownAccount } from './identities.repository.js';

export interface Unknown {
  readonly unknown: 'server' | 'user';
  readonly code: ErrorCode;
  readonly message: string;
}

export interface Directory {
  find(server: string, user: string): KnownAccount | Unknown;
}

/** Servers and accounts by the names that people write into files. */
@Injectable()
export class ImportDirectory {
  constructor(
    private readonly repository: IdentitiesRepository,
    private readonly pool: Pool,
  ) {}

  async read(): Promise<Directory> {
    const [{ rows: servers }, accounts] = await Promise.all([this.pool.query<{ id: string; alias: string }>(`SELECT id, alias FROM server WHERE state <> 'historical'`), this.repository.accounts()]);
    const byServer = new Map(servers.flatMap(({ id, alias }) => [[id, id] as const, [fold(alias), id] as const]));
    const byAccount = groupedBy(accounts, ({ serverId }) => serverId);
    return {
      find: (server, user) => {
        const serverId = byServer.get(fold(server));
        if (serverId === undefined) return { unknown: 'server', code: 'NOT_FOUND', message: `No server of that name.${suggestionFor(server, servers.map(({ alias }) => alias))}` };
        const there = byAccount.get(serverId) ?? [];
        const byId = there.filter(({ userVendorId }) => userVendorId === user);
        const found = byId.length > 0 ? byId : there.filter(({ userName }) => fold(userName) === fold(user));
        if (found.length === 1) return found[0]!;
        if (found.length > 1) return { unknown: 'user', code: 'VALIDATION_FAILED', message: 'Several accounts have this name; use the id of the account.' };
        return { unknown: 'user', code: 'NOT_FOUND', message: `No account of that name on this server.${suggestionFor(user, there.map(({ userName }) => userName))}` };
      },
    };
  }
}

function fold(text: string): string {
  return text.normalize('NFC').trim().toLowerCase();
}

/** One that differs by a letter or two. */
function suggestionFor(given: string, names: readonly string[]): string {
  const near = names.map((name) => ({ name, distance: distance(fold(given), fold(name)) })).sort((a, b) => a.distance - b.distance)[0];
  return near && near.distance <= 2 ? ` ${near.name}?` : '';
}

function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return 3;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  [...one].forEach((letter, line) => {
    let corner = row[0]!;
    row = row.map((above, index) => {
      if (index === 0) return line + 1;
      const cost = Math.min(corner + (other[index - 1] === letter ? 0 : 1), above + 1);
      corner = above;
      return cost;
    });
    for (let index = 1; index < row.length; index++) row[index] = Math.min(row[index]!, row[index - 1]! + 1);
  });
  return row[other.length]!;
}
