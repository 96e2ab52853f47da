import { describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import { isRefused, needsTest, planImport, type PlannedRow, type RefusedRow } from './import-plan.js';
import { NEW_SERVER } from './server-settings.js';
import type { ServerRow } from './servers.repository.js';

const stored = (id: string, alias: string, url: string, more: Partial<ServerRow> = {}): ServerRow => ({
  ...NEW_SERVER,
  id,
  alias,
  slug: alias.toLowerCase(),
  url,
  kind: 'emby',
  connection: 'direct',
  state: 'online',
  stateReason: null,
  stateCode: null,
  stateSince: new Date(0),
  machineId: null,
  name: null,
  version: null,
  profile: null,
  demo: false,
  configRev: 1,
  createdAt: new Date(0),
  lastSeenAt: null,
  credential: null,
  ...more,
});
const attic = stored('1', 'Attic', 'http://attic', { externalKey: 'A' });
const cabin = stored('2', 'Cabin', 'http://cabin');
const plan = (rows: Parameters<typeof planImport>[0], same = true) => planImport(rows, [attic, cabin], () => same);
const refused = (row: unknown) => (row as RefusedRow).error;

describe('planImport', () => {
  it('matches by external key before the address, and never by alias', () => {
    const [byKey, byUrl, isNew] = plan([
      { url: 'http://elsewhere', externalKey: 'A' },
      { url: 'HTTP://CABIN/' },
      { url: 'http://third', alias: 'Third', token: 't' },
    ]);
    expect([byKey, byUrl, isNew].map((row) => [row!.matched?.id ?? null, row!.matchedBy])).toEqual([['1', 'externalKey'], ['2', 'url'], [null, null]]);
  });

  it('tests what is new or reconnects, and nothing else', () => {
    const rows = plan([{ url: 'http://attic', region: 'north' }, { url: 'http://cabin', tls: { verify: false } }, { url: 'http://n', token: 't', alias: 'n' }]) as PlannedRow[];
    expect(rows.map(needsTest)).toEqual([false, true, true]);
    const [rotated] = plan([{ url: 'http://attic', token: 'new' }], false) as PlannedRow[];
    expect([needsTest(rotated!), rotated!.changes]).toEqual([true, [{ field: 'token', from: null, to: null }]]);
  });

  it('keeps what a row does not say, and clears nothing by an empty cell', () => {
    const tagged = stored('3', 'Tagged', 'http://tagged', { tags: ['a'], region: 'north', poll: { sessionsS: 60, librariesS: 21_600, serverS: 300 } });
    const [row] = planImport([{ url: 'http://tagged', tags: null, region: null, poll: { serverS: 600, sessionsS: null } }], [tagged], () => true) as PlannedRow[];
    expect(row!.settings).toMatchObject({ tags: ['a'], region: 'north', poll: { sessionsS: 60, librariesS: 21_600, serverS: 600 } });
    expect(row!.changes).toEqual([{ field: 'poll', from: 'sessions 60 s, libraries 21600 s, server 300 s', to: 'sessions 60 s, libraries 21600 s, server 600 s' }]);
  });

  it('takes the external key as alias when there is no other', () => {
    expect((plan([{ url: 'http://x', externalKey: 'Key X', token: 't' }])[0] as PlannedRow).settings.alias).toBe('Key X');
  });

  it('refuses a row without hiding the others', () => {
    const rows = plan([{ url: 'x' }, { url: 'http://attic', externalKey: 'B' }, { url: 'http://cabin', externalKey: 'A' }]);
    expect(rows.map(isRefused)).toEqual([true, false, true]);
    expect(refused(rows[0])).toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'url' } });
    expect(refused(rows[2])).toMatchObject({ code: 'SERVER_ALREADY_REGISTERED', message: expect.stringContaining('Attic') });
  });

  it('does not repeat a login that stands in an address', () => {
    const [row] = plan([{ url: 'http://me:secret@attic' }]);
    expect(row!.url).toBe('http://attic');
    expect(refused(row)).toBeInstanceOf(AppError);
    expect(JSON.stringify(row)).not.toContain('secret');
  });

  it('lets two servers swap nothing: an alias is free only when nobody keeps it', () => {
    const rows = plan([{ url: 'http://cabin', alias: 'Attic' }]);
    expect(refused(rows[0])).toMatchObject({ details: { field: 'alias' } });
  });
});
