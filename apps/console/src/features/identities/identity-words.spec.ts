import { describe, expect, it } from '@jest/globals';
import { claimOf, evidenceWord, importText, mainEmail, refusedLines, sharedServers, undoDays, watched, type ImportRow, type Person } from './identity-words.js';

const email = (address: string, verifiedAt: string | null) => ({ email: address, source: 'import', createdAt: '', verifiedAt, verifiedBy: null });

describe('people', () => {
  it('are called by a verified address first', () => {
    expect(mainEmail({ emails: [email('a@x.example', null), email('b@x.example', 'now')] } as Person)?.email).toBe('b@x.example');
    expect(mainEmail({ emails: [] } as unknown as Person)).toBeNull();
  });

  it('share the servers on which both have an account', () => {
    const on = (...ids: string[]) => ({ accounts: ids.map((serverId) => ({ serverId })) }) as Person;
    expect(sharedServers(on('a', 'b'), on('b', 'b', 'c'))).toEqual(['b']);
  });

  it('are undone for 30 days', () => {
    expect(undoDays({ undoUntil: '2026-11-22T00:00:00Z', undoneAt: null }, Date.parse('2026-11-20T12:00:00Z'))).toBe(2);
    expect(undoDays({ undoUntil: '2026-11-22T00:00:00Z', undoneAt: 'x' }, Date.parse('2026-11-20T12:00:00Z'))).toBeNull();
    expect(undoDays({ undoUntil: '2026-11-19T00:00:00Z', undoneAt: null }, Date.parse('2026-11-20T12:00:00Z'))).toBeNull();
  });

  it('say why an account is theirs', () => {
    expect(['email', 'plex', 'import', 'operator'].map((evidence) => evidenceWord({ evidence, linkedBy: 'Sam', userVendorId: '42' }))).toEqual(['Same verified e-mail', 'Plex account 42', 'From a file, by Sam', 'Linked by Sam']);
    expect(['VERIFIED_EMAIL', 'PLEX_ID', 'SAME_NAME'].map((evidence) => claimOf({ evidence: evidence as never }))).toEqual(['EMAIL', 'PLEX', 'OPERATOR']);
    expect([watched(0), watched(60_000), watched(3_960_000)]).toEqual(['–', '1 min', '1.1 h']);
  });
});

describe('a file of addresses', () => {
  it('stays as it is, or becomes the columns that the API takes', () => {
    expect(importText('\uFEFFserver,user,email\na,b,c@d.example\n')).toEqual({ csv: 'server,user,email\na,b,c@d.example\n' });
    expect(importText('server;user;email\na;b;c@d.example\n')).toEqual({ csv: 'server,user,email\na,b,c@d.example\n' });
    expect(importText('[{"server":"a","user":"b \\"x\\"","email":"c@d.example"}]')).toEqual({ csv: 'server,user,email\n"a","b ""x""","c@d.example"' });
  });

  it.each([[' ', 'nothing'], ['[{', 'no valid JSON'], ['{"a":1}', 'a list'], ['a;b\n"x,y";z', 'commas'], ['a\u0000', 'UTF-8'], ['x'.repeat(200_001), '200,000']])('is refused: %#', (text, why) => expect(importText(text)).toContain(why));

  it('gives the refused lines back with their reasons', () => {
    const row = (status: ImportRow['status'], user: string): ImportRow => ({ line: 2, column: 3, server: 'attic', user, email: 'x', status, code: 'NOT_FOUND', message: 'No such user.' });
    expect(refusedLines([row('ADDED', 'a'), row('REFUSED', '=b')])).toBe('line,server,user,email,code,message\r\n2,"attic","\'=b","x",NOT_FOUND,"No such user."\r\n');
  });
});
