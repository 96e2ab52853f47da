import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { freePort, Stack, startEmby, startJellyfin, startPlex, type Simulator } from '@usher/testing';
import { Cli } from '../cli.js';
import { ApiError, Operator, PASSWORD } from '../operator.js';

describe.each(['all-in-one', 'split'] as const)('register and import, %s', (mode) => {
  let stack: Stack;
  let sam: Operator;
  let cli: Cli;
  let simulators: { jellyfin: Simulator; emby: Simulator; plex: Simulator };

  beforeAll(async () => {
    const [made, jellyfin, emby, plex] = await Promise.all([Stack.start({ mode }), startJellyfin(), startEmby(), startPlex()]);
    stack = made;
    simulators = { jellyfin, emby, plex };
    sam = await Operator.first(stack);
    cli = await Cli.make({ USHER_URL: stack.url });
  });

  afterAll(async () => {
    await cli?.close();
    await Promise.all(Object.values(simulators ?? {}).map((simulator) => simulator.close()));
    await stack?.close();
  });

  it('signs in by name and password and keeps the sign-in', async () => {
    expect(await cli.run(['auth', 'status'])).toMatchObject({ code: 4 });
    const password = await cli.file('password', PASSWORD);
    const wrong = await cli.file('wrong', 'not the password');
    expect(await cli.run(['auth', 'login', '--name', 'sam', '--password-file', wrong])).toMatchObject({ code: 4, out: '' });
    expect(await cli.run(['auth', 'login', '--name', 'sam', '--password-file', password])).toMatchObject({ code: 0 });
    const status = await cli.run(['auth', 'status', '-o', 'json']);
    expect(JSON.parse(status.out)).toMatchObject({ name: 'sam', role: 'SUPERADMIN' });
  });

  it('imports a fleet of all vendors: first to see, then for real, then again without a change', async () => {
    const { jellyfin, emby, plex } = simulators;
    const rows = [
      { serverId: 'attic', url: jellyfin.url, token: jellyfin.adminKey, alias: 'Attic' },
      { serverId: 'office', url: emby.url, token: emby.adminKey, alias: 'Office' },
      { serverId: 'studio', url: plex.url, token: plex.adminKey, alias: 'Studio' },
      { serverId: 'cabin', url: jellyfin.url, token: jellyfin.adminKey, alias: 'Cabin' },
      { serverId: 'shed', url: emby.url.replace('127.0.0.1', 'localhost'), token: 'wrong-key-wrong-key', alias: 'Shed' },
    ];
    const file = await cli.file('fleet.json', JSON.stringify(rows));
    const dry = await cli.run(['servers', 'import', file, '--dry-run', '-o', 'json']);
    expect(dry.code).toBe(8);
    expect(JSON.parse(dry.out)).toMatchObject({ created: 3, failed: 2, applied: false });
    expect(JSON.parse((await cli.run(['servers', 'list', '-o', 'json'])).out)).toEqual([]);

    const stopped = await cli.run(['servers', 'import', file, '--on-error', 'stop', '-o', 'json']);
    expect([stopped.code, JSON.parse((await cli.run(['servers', 'list', '-o', 'json'])).out)]).toEqual([3, []]);

    const real = await cli.run(['servers', 'import', file, '-o', 'json']);
    const { results } = JSON.parse(real.out) as { results: { alias: string; status: string; code: string | null; next: string | null }[] };
    expect(real.code).toBe(8);
    expect(Object.fromEntries(results.map(({ alias, status, code }) => [alias, code ?? status]))).toEqual({ Attic: 'create', Office: 'create', Studio: 'create', Cabin: 'SERVER_ALREADY_REGISTERED', Shed: 'SERVER_REJECTED_KEY' });
    expect(results.filter((row) => row.status === 'error').every((row) => row.next)).toBe(true);

    const good = await cli.file('good.json', JSON.stringify(rows.slice(0, 3)));
    const again = await cli.run(['servers', 'import', good, '-o', 'json']);
    expect([again.code, JSON.parse(again.out)]).toMatchObject([0, { created: 0, updated: 0, unchanged: 3, failed: 0 }]);
    const listed = JSON.parse((await cli.run(['servers', 'list', '-o', 'json'])).out) as { id: string; alias: string }[];
    expect(listed.map((row) => row.alias).sort()).toEqual(['Attic', 'Office', 'Studio']);
    for (const { id } of listed) await sam.untilState(id, 'ONLINE');
  });

  it('takes the same fleet as CSV and YAML and finds it unchanged; a changed row is an update', async () => {
    const { jellyfin, emby, plex } = simulators;
    const csv = await cli.file('fleet.csv', `externalKey,alias,url,tokenFile\nattic,Attic,${jellyfin.url},attic.key\n`);
    await cli.file('attic.key', jellyfin.adminKey);
    expect(await cli.run(['servers', 'import', csv])).toMatchObject({ code: 0 });
    const yaml = await cli.file('fleet.yaml', `servers:\n  - { externalKey: office, alias: Office Two, url: "${emby.url}", token: "${emby.adminKey}", tags: [work] }\n  - { externalKey: studio, alias: Studio, url: "${plex.url}" }\n`);
    const result = await cli.run(['servers', 'import', yaml]);
    expect(result).toMatchObject({ code: 0 });
    expect(result.out).toContain('0 created, 1 updated, 1 unchanged, 0 errors.');
    expect(result.out).toContain('Office → Office Two');
  });

  it('says exactly why a server cannot be used, and saves nothing', async () => {
    const closed = await freePort();
    const page = createServer((_request, response) => response.end('<html><body>hello</body></html>')).listen(0, '127.0.0.1');
    await once(page, 'listening');
    const pagePort = (page.address() as { port: number }).port;
    const { jellyfin } = simulators;
    const reason = async (url: string, token: string) => {
      const input = { idempotencyKey: crypto.randomUUID(), alias: `Why ${crypto.randomUUID().slice(0, 6)}`, url, token };
      const error = await sam.ask('mutation ($input: RegisterServerInput!) { registerServer(input: $input) { server { id } } }', { input }).catch((caught: unknown) => caught);
      const { code, extensions } = error as ApiError;
      return [code, (extensions['details'] as { reason?: string }).reason];
    };
    expect(await reason(`http://127.0.0.1:${closed}`, 'k')).toEqual(['SERVER_UNREACHABLE', 'refused']);
    expect(await reason('http://no-such-host.invalid', 'k')).toEqual(['SERVER_UNREACHABLE', 'dns']);
    expect(await reason(`http://127.0.0.1:${pagePort}`, 'k')).toEqual(['SERVER_UNREACHABLE', 'not-a-media-server']);
    expect(await reason(jellyfin.url.replace('http:', 'https:').replace('127.0.0.1', 'localhost'), 'k')).toEqual(['SERVER_UNREACHABLE', 'tls']);
    expect(await reason(jellyfin.url.replace('127.0.0.1', 'localhost'), jellyfin.viewerKey)).toEqual(['SERVER_REJECTED_KEY', 'not-administrator']);
    expect(await reason('http://169.254.169.254', 'k')).toEqual(['EGRESS_BLOCKED', 'address']);
    page.close();
    const { servers } = await sam.ask<{ servers: unknown[] }>('{ servers { id } }');
    expect(servers).toHaveLength(3);
  });

  it('saves an unreachable server as pending when asked to, and brings it online when it answers', async () => {
    const late = await startJellyfin({ name: 'Late' });
    await late.control.setFault({ kind: 'refuse' });
    const id = await sam.register(late, 'Late', { allowUnreachable: true, kind: 'JELLYFIN' });
    expect(await sam.server(id)).toMatchObject({ state: expect.stringMatching(/PENDING|OFFLINE/) });
    await late.control.clearFault();
    await sam.untilState(id, 'ONLINE');
    expect(await cli.run(['servers', 'remove', 'late', '--no-input'])).toMatchObject({ code: 2 });
    expect(await cli.run(['servers', 'remove', 'late', '--confirm', 'late'])).toMatchObject({ code: 0 });
    expect(await sam.server(id)).toMatchObject({ state: 'HISTORICAL' });
    await late.close();
  });

  it('changes nothing on a read-only server', async () => {
    const listed = JSON.parse((await cli.run(['servers', 'list', '-o', 'json'])).out) as { id: string; alias: string }[];
    const attic = listed.find((row) => row.alias === 'Attic')!;
    const playing = simulators.jellyfin.control.startPlayback();
    await cli.run(['servers', 'read-only', 'attic', 'on']);
    const sessionId = `${attic.id}:${playing.sessionId}`;
    const stop = () => sam.ask('mutation ($input: StopSessionInput!) { stopSession(input: $input) { outcome } }', { input: { sessionId } });
    await expect(stop()).rejects.toMatchObject({ code: 'SERVER_READ_ONLY' });
    expect(playing.playing).toBe(true);
    await cli.run(['servers', 'read-only', 'attic', 'off']);
    playing.leave();
  });

  it('never gives a key away: not in answers, pages, logs or the database in the clear', async () => {
    const { jellyfin, emby, plex } = simulators;
    const answers = await sam.ask<object>('{ servers { id alias url credential { fingerprint rev } stateReason } }');
    const everything = [JSON.stringify(answers), ...stack.services.map((name) => stack.log(name)), await (await fetch(`${stack.url}/`)).text(), (await cli.run(['servers', 'list', '-o', 'json'])).out];
    for (const { adminKey } of [jellyfin, emby, plex]) expect(everything.filter((text) => text.includes(adminKey))).toEqual([]);
  });
});
