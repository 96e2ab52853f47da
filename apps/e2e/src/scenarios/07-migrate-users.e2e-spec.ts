import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, Stack, startEmby, startJellyfin, startPlex, startPlexTv, type PlexTv, type Simulator } from '@usher/testing';
import { Cli, type CliResult } from '../cli.js';
import { changesAt, episodeNamed, filmNamed, heldBy, household, MINUTE, undated, UNTOUCHED, watch, type Held } from '../migrant.js';
import { Operator, PASSWORD } from '../operator.js';

interface Plan {
  readonly id: string;
  readonly state: string;
  readonly version: number;
  readonly planSha256: string | null;
  readonly counts: { writes: number };
  readonly target: { alias: string };
  readonly findings: { severity: string; code: string; user: string | null }[];
  readonly users: { targetName: string; verdicts: { field: string; kind: string; reason: string | null; rows: number | null; instead: string | null }[] }[];
}
/** What the verify pass says when everything is as planned. */
const ALL_SAME = /= \d+ same {2}\* 0 differ {2}\+ 0 not there {2}! 0 unreadable/;
const DATED = '2024-03-04T20:15:00Z';
const LATER = '2025-03-04T20:15:00Z';
const played = (more: Partial<Held> = {}): Held => ({ ...UNTOUCHED, played: true, playCount: 1, lastPlayedAt: DATED, ...more });
const resumed = (minutes: number, more: Partial<Held> = {}): Held => ({ ...UNTOUCHED, positionMs: minutes * MINUTE, lastPlayedAt: LATER, ...more });

describe('moving users with their history, as an operator does it', () => {
  let stack: Stack;
  let sam: Operator;
  let cli: Cli;
  let plexTv: PlexTv;
  let servers: Record<'attic' | 'office' | 'studio', Simulator>;

  const show = (id: string): Promise<Plan> => cli.json<Plan>(['migrations', 'show', id]);
  const said = (...args: string[]): Promise<CliResult> => cli.run(args);
  /** The plan that the command printed, whatever its exit code. */
  const planned = async (code: number, ...args: string[]): Promise<Plan> => {
    const result = await cli.run(['migrations', ...args, '-o', 'json']);
    expect([result.code, result.err]).toEqual([code, expect.any(String)]);
    return JSON.parse(result.out) as Plan;
  };
  const carryOut = async (id: string): Promise<void> => {
    const { state, target } = await show(id);
    const { planSha256 } = state === 'FROZEN' ? await show(id) : await cli.json<Plan>(['migrations', 'freeze', id]);
    await cli.json(['migrations', 'approve', id, '--hash', planSha256!.slice(0, 12), '--confirm', target.alias]);
    expect(await said('migrations', 'run', id, '--watch')).toMatchObject({ code: 0, out: expect.stringMatching(/ done /) });
    expect(await said('migrations', 'verify', id)).toMatchObject({ code: 0 });
    expect(await said('migrations', 'watch', id)).toMatchObject({ code: 0, out: expect.stringMatching(ALL_SAME) });
  };
  const undo = async (id: string): Promise<void> => carryOut((await cli.json<Plan>(['migrations', 'rollback', id])).id);
  const accounts = (simulator: Simulator) => simulator.control.state.users.map(({ name }) => name);

  beforeAll(async () => {
    const [attic, office, studio] = await Promise.all([
      startJellyfin(household('Attic', ['Nell', 'Otis', 'Pim'])),
      startEmby(household('Office', ['Otis'])),
      startPlex({ ...household('Studio', ['Pia']), users: [{ name: 'Owner', isAdministrator: true }, { name: 'Pia', plex: { kind: 'home' } }, { name: 'Gus', plex: { kind: 'gone' } }] }),
    ]);
    servers = { attic, office, studio };
    plexTv = await startPlexTv([studio]);
    stack = await Stack.start({ mode: 'all-in-one', env: { USHER_PLEX_TV_URL: plexTv.url } });
    sam = await Operator.first(stack);
    cli = await Cli.make({ USHER_URL: stack.url, USHER_TOKEN: sam.token! });
    attic.control.addItem('Movies', { title: 'Found in the Cellar', year: 1931, providers: { Imdb: 'tt0099999' } });
    const nell: Record<string, Held> = {
      [filmNamed(0)]: played({ playCount: 3, favorite: true, ratingTenths: 80 }),
      [filmNamed(1)]: resumed(31),
      [filmNamed(2)]: { ...UNTOUCHED, favorite: true },
      [episodeNamed(1)]: played({ lastPlayedAt: LATER }),
      'Found in the Cellar': played(),
    };
    const otis: Record<string, Held> = { [filmNamed(0)]: { ...UNTOUCHED, favorite: true, ratingTenths: 90 }, [filmNamed(3)]: played({ playCount: 2 }), [filmNamed(4)]: played({ lastPlayedAt: LATER }) };
    const otisThere: Record<string, Held> = { [filmNamed(0)]: { ...UNTOUCHED, favorite: true, ratingTenths: 40 }, [filmNamed(3)]: played({ playCount: 5, lastPlayedAt: LATER, favorite: true }), [episodeNamed(0)]: resumed(20) };
    for (const [title, held] of Object.entries(nell)) watch(attic, 'Nell', title, held);
    for (const [title, held] of Object.entries(otis)) watch(attic, 'Otis', title, held);
    for (const [title, held] of Object.entries(otisThere)) watch(office, 'Otis', title, held);
    for (const [at, title] of [filmNamed(5), filmNamed(6), episodeNamed(2)].entries()) watch(studio, 'Pia', title, played({ playCount: at + 1 }));
    watch(attic, 'Pim', filmNamed(5), played({ playCount: 7, favorite: true }));
    for (const simulator of Object.values(servers)) await sam.untilState(await sam.register(simulator, simulator.control.state.name), 'ONLINE');
  }, 180_000);

  afterAll(async () => {
    await cli?.close();
    await stack?.close();
    await Promise.all(Object.values(servers ?? {}).map((simulator) => simulator.close()));
    await plexTv?.close();
  });

  it('Jellyfin to Emby: a new account and one that is there, from the plan to the undo', async () => {
    const { attic, office } = servers;
    const otisBefore = heldBy(office, 'Otis');
    const draft = await planned(1, 'plan', '--from', 'attic', '--to', 'office', '--user', 'Nell=+nell_b', 'Otis');
    const { id } = draft;
    expect(draft.findings.filter(({ severity }) => severity === 'BLOCKER').map(({ code }) => code)).toEqual(['NAME_ONLY']);
    expect(await said('migrations', 'show', id)).toMatchObject({ code: 0, out: expect.stringContaining('Nell → nell_b  new account') });
    expect(await said('migrations', 'freeze', id)).toMatchObject({ code: 3, err: expect.stringContaining('PLAN_BLOCKED') });

    const file = await cli.file('decisions.csv', '');
    expect(await said('migrations', 'decisions', 'export', id, '--out', file)).toMatchObject({ code: 0 });
    const lines = (await readFile(file, 'utf8')).trimEnd().split(/\r?\n/);
    const decide = (start: RegExp, decision: string) => lines.map((line) => (start.test(line) ? line.replace(/,,,$/, `,${decision},,`) : line)).join('\n');
    await cli.file('decisions.csv', decide(/^user:.*,Otis,/, 'acept'));
    expect(await said('migrations', 'decisions', 'import', id, file)).toMatchObject({ code: 3, err: expect.stringMatching(/did you mean accept\?[\s\S]*DECISION_INVALID/) });
    await cli.file('decisions.csv', decide(/^user:.*,Otis,|^state:.*ratingTenths/, 'accept').replace(/(^state:.*ratingTenths.*),accept,,$/m, '$1,keep-target,,'));
    expect(await said('migrations', 'decisions', 'import', id, file)).toMatchObject({ code: 0 });
    expect((await planned(0, 'check', id)).version).toBe(2);

    const diff = await said('migrations', 'diff', id);
    expect(diff).toMatchObject({ code: 1, out: expect.stringMatching(/\+ nell_b {2}new account nell_b/) });
    expect(diff.out).toContain('Reel 1  – → played 3× 2024-03-04, ★ 8, favorite');
    expect(diff.out).toMatch(/! nell_b {2}Found in the Cellar .*not on target/);
    const { planSha256 } = await cli.json<Plan>(['migrations', 'freeze', id]);
    const approve = (hash: string, alias: string) => said('migrations', 'approve', id, '--hash', hash, '--confirm', alias);
    expect(await said('migrations', 'run', id)).toMatchObject({ code: 4, err: expect.stringContaining('STEP_UP_REQUIRED') });
    expect(await approve('0123456789ab', 'Office')).toMatchObject({ code: 6, err: expect.stringContaining('PLAN_STALE') });
    expect(await approve(planSha256!, 'Attic')).toMatchObject({ code: 2, err: expect.stringContaining('CANCELED') });
    expect(await approve(planSha256!, 'Office')).toMatchObject({ code: 4, err: expect.stringContaining('STEP_UP_REQUIRED') });
    expect(await cli.run(['auth', 'step-up', '--password-file', '-'], PASSWORD)).toMatchObject({ code: 0 });
    expect(await said('migrations', 'run', id)).toMatchObject({ code: 4, err: expect.stringContaining('APPROVAL_MISSING') });
    expect([accounts(office), heldBy(office, 'Otis')]).toEqual([['Owner', 'Otis'], otisBefore]);

    await carryOut(id);
    expect(accounts(office)).toEqual(['Owner', 'Otis', 'nell_b']);
    const { 'Found in the Cellar': missing, ...arrived } = heldBy(attic, 'Nell');
    expect(missing).toBeDefined();
    expect(heldBy(office, 'nell_b')).toEqual(arrived);
    const otisAfter = { ...otisBefore, [filmNamed(4)]: played({ lastPlayedAt: LATER }) };
    expect(heldBy(office, 'Otis')).toEqual(otisAfter);

    const report = await cli.file('report.json', '');
    expect(await said('migrations', 'report', id, '--out', report)).toMatchObject({ code: 0 });
    const offline = await Cli.make({ USHER_URL: 'http://127.0.0.1:9' });
    expect(await offline.run(['migrations', 'report', '--verify', report])).toMatchObject({ code: 0, out: expect.stringContaining('is the one that was signed') });
    const tampered = await cli.file('tampered.json', (await readFile(report, 'utf8')).replace('"verified', '"Verified').replace(/(playCount\W+)\d/, '$19'));
    expect(await offline.run(['migrations', 'report', '--verify', tampered])).toMatchObject({ code: 1, out: expect.stringContaining('not valid') });
    await offline.close();

    const mark = office.requests.length;
    expect(await cli.json(['migrations', 'run', id])).toMatchObject({ state: 'DONE', counts: { new: 0, intent: 0, conflict: 0, failed: 0 } });
    await eventually(async () => expect((await cli.json<{ name: string }[]>(['users', 'list', '--server', 'office'])).map(({ name }) => name)).toContain('nell_b'));
    expect(await planned(0, 'plan', '--from', 'attic', '--to', 'office', '--user', 'Nell=nell_b', 'Otis=Otis')).toMatchObject({ counts: { writes: 0 } });
    expect(changesAt(office, mark)).toEqual([]);

    await undo(id);
    expect([accounts(office), heldBy(office, 'Otis')]).toEqual([['Owner', 'Otis'], otisBefore]);
    expect(changesAt(attic)).toEqual([]);
  }, 180_000);

  it('Plex to Jellyfin: onto the account that a file names, which loses nothing', async () => {
    const { attic, studio } = servers;
    const before = heldBy(attic, 'Pim');
    const mark = studio.requests.length;
    const file = await cli.file('plan.yaml', 'apiVersion: usher/v1\nkind: MigrationPlan\nsource: studio\ntarget: attic\nusers:\n  select: [Pia]\n  map:\n    - { from: Pia, to: Pim }\n');
    const { id, users } = await planned(0, 'plan', '-f', file);
    expect(users.map(({ targetName }) => targetName)).toEqual(['Pim']);
    await carryOut(id);
    const pia = heldBy(studio, 'Pia');
    expect(heldBy(attic, 'Pim')).toEqual({ ...pia, ...before });
    await undo(id);
    expect(heldBy(attic, 'Pim')).toEqual(before);
    expect(changesAt(studio, mark)).toEqual([]);
  }, 120_000);

  it('Emby to Plex: what is lost is said before, and everything else arrives', async () => {
    const { office, studio } = servers;
    const before = heldBy(studio, 'Pia');
    const mark = office.requests.length;
    const { id, users } = await planned(0, 'plan', '--from', 'office', '--to', 'studio', '--user', 'Otis=Pia');
    const lost = users[0]!.verdicts.filter(({ kind }) => kind !== 'EXACT').map(({ field, kind, reason, rows }) => [field, kind, reason, rows].join(' '));
    expect(lost).toEqual(expect.arrayContaining(['PLAY_COUNT LOSSY one-play-only 1', 'LAST_PLAYED_AT LOSSY date-of-writing 2', 'POSITION_MS LOSSY position-re-dated 1', 'FAVORITE IMPOSSIBLE no-favorites 2', 'RATING_TENTHS IMPOSSIBLE owner-ratings-only 1']));
    await carryOut(id);
    expect(undated(heldBy(studio, 'Pia'))).toEqual(undated({ ...before, [filmNamed(3)]: played(), [episodeNamed(0)]: resumed(20) }));
    await undo(id);
    expect(undated(heldBy(studio, 'Pia'))).toEqual(undated(before));
    expect(changesAt(office, mark)).toEqual([]);
  }, 120_000);

  it('Emby to Plex without a token: impossible, with what to do instead', async () => {
    const { id, users, findings } = await planned(0, 'plan', '--from', 'office', '--to', 'studio', '--user', 'Otis=Gus');
    expect(findings.map(({ code }) => code)).toContain('STATES_IMPOSSIBLE');
    const watched = users[0]!.verdicts.find(({ field }) => field === 'PLAYED');
    expect(watched).toMatchObject({ kind: 'IMPOSSIBLE', reason: 'no-user-token', instead: expect.stringContaining('Share the server') });
    expect((await show(id)).counts.writes).toBe(0);
    expect(await planned(0, 'plan', '--from', 'office', '--to', 'studio', '--user', 'Otis=+Otis')).toMatchObject({ findings: expect.arrayContaining([expect.objectContaining({ code: 'ACCOUNT_IMPOSSIBLE', next: expect.stringContaining('Invite the person') })]) });
  }, 60_000);
});
