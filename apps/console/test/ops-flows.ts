import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { Mock, MockOptions } from './mock-server.mjs';

type Open = (options: MockOptions & { path?: string }) => Promise<{ page: Page; mock: Mock; errors: string[] }>;

const rows = (page: Page) => page.locator('.activity-table tbody tr');
const query = (page: Page) => new URL(page.url()).search;

async function download(page: Page, press: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
}

function describeActivities(open: Open): void {
  describe('activities', () => {
    it('filters by typing, chips and cards, goes back to the first page, and all of it is in the address', async () => {
      const { page, errors } = await open({ path: 'activities?page=2&size=25&sort=title', sessions: 23 });
      await page.waitForSelector('.activity-foot:has-text("Page 2 of 2")');
      await page.getByLabel('Search activities').fill('the');
      await page.waitForSelector('.activity-foot:has-text("Page 1 of 1")');
      expect(query(page)).toBe('?size=25&sort=title&q=the');
      await page.getByLabel('Search activities').fill('');
      await page.getByRole('button', { name: /^Download/ }).click();
      await page.getByRole('group', { name: 'Types' }).getByRole('button', { name: /^Scan/ }).click();
      await page.waitForSelector('.activity-foot:has-text("of 6")');
      expect(query(page)).toBe('?size=25&sort=title&type=download%2Cscan'.replace('%2C', ','));
      expect(await rows(page).first().innerText()).toContain('Bluey');
      await page.getByRole('button', { name: 'Title', exact: true }).click();
      await page.waitForSelector('th[aria-sort="descending"]:has-text("Title")');
      await page.waitForSelector('.activity-table tbody tr:first-child:has-text("Totoro")');
      await page.reload();
      await page.waitForSelector('.activity-table tbody tr:first-child:has-text("Totoro")');
      await page.getByRole('button', { name: /^Problem/ }).first().click();
      await page.waitForSelector('.activity-table tr:has-text("AGENT_OFFLINE")');
      await page.getByRole('link', { name: 'Fix Cabin is offline' }).click();
      await page.waitForSelector('h1:text-is("Cabin")');
      expect(errors).toEqual([]);
    });

    it('says that nothing matches and offers to clear it', async () => {
      const { page } = await open({ path: 'activities?q=zzz&type=scan' });
      await page.waitForSelector('h2:has-text("No activity matches “zzz”")');
      await page.getByRole('button', { name: 'Clear filter' }).click();
      await rows(page).first().waitFor();
      expect(query(page)).toBe('');
    });

    it('cancels after a question, and keeps the row with the reason when that fails', async () => {
      const { page, errors } = await open({ path: 'activities?type=download' });
      await page.getByRole('button', { name: /^Cancel The Wire/ }).click();
      await page.getByRole('button', { name: 'Let it run' }).click();
      await page.getByRole('button', { name: /^Cancel The Wire/ }).click();
      await page.getByRole('button', { name: 'Cancel download' }).click();
      await page.waitForSelector('.activity-table tr:has-text("The Wire")', { state: 'detached' });
      expect(await rows(page).count()).toBe(3);
      expect(errors).toEqual([]);
      const { page: failing } = await open({ path: 'activities?type=download', refusing: 'cancel' });
      await failing.getByRole('button', { name: /^Cancel The Wire/ }).click();
      await failing.getByRole('button', { name: 'Cancel download' }).click();
      await failing.waitForSelector('[role="dialog"] [role="alert"]:has-text("SERVER_UNREACHABLE")');
    });

    it('tells a viewer why nothing can be canceled, and opens a stream', async () => {
      const { page } = await open({ path: 'activities?type=download', role: 'VIEWER' });
      await page.getByRole('button', { name: /^Actions on The Wire/ }).click();
      await page.waitForSelector('[role="menuitem"][aria-disabled="true"]:has-text("FORBIDDEN")');
      const { page: streams } = await open({ path: 'activities?type=stream' });
      await streams.locator('.activity-table .activity-link').first().click();
      await streams.waitForSelector('.drawer');
    });

    it('holds what changes while paused, counts it, and applies it once on resume', async () => {
      const { page, mock } = await open({ path: 'activities?type=download' });
      await rows(page).first().waitFor();
      await page.waitForSelector('.live-badge .badge:has-text("LIVE")');
      await page.locator('.live-badge').getByRole('button', { name: 'Pause' }).click();
      mock.state.ops.setWorks((works) => works.filter(({ title }) => title !== 'Totoro').map((work) => (work.title === 'Bluey' ? { ...work, state: 'STALLED' } : work)));
      await page.waitForSelector('.live-badge:has-text("2 changes waiting")');
      expect(await rows(page).count()).toBe(4);
      await page.locator('.live-badge').getByRole('button', { name: 'Resume' }).click();
      await page.waitForSelector('.activity-table tr:has-text("Totoro")', { state: 'detached' });
      await page.waitForSelector('.activity-table tr:has-text("Bluey") >> text=stalled');
    });

    it('exports what the filter finds, all pages of it', async () => {
      const { page } = await open({ path: 'activities?type=download&size=10' });
      await page.waitForSelector('.activity-foot');
      for (const [format, ending, lines] of [['CSV', 'csv', 5], ['NDJSON', 'ndjson', 4]] as const) {
        await page.getByRole('button', { name: 'Export 4 rows' }).click();
        const file = await download(page, () => page.getByRole('menuitem', { name: new RegExp(`^${format}`) }).click());
        expect(file.name).toMatch(new RegExp(`^activities-\\d{4}-\\d\\d-\\d\\d\\.${ending}$`));
        expect(file.text.trim().split('\n')).toHaveLength(lines);
      }
    });

    it('keeps the rows when it cannot connect any more, and says so', async () => {
      const { page } = await open({ path: 'activities?type=download' });
      await rows(page).first().waitFor();
      await page.route('**/graphql', (route) => route.abort());
      await page.getByRole('button', { name: 'Refresh', exact: true }).click();
      await page.waitForSelector('[role="alert"]:has-text("could not reach Usher")');
      expect(await rows(page).count()).toBe(4);
    });
  });
}

function describeServer(open: Open): void {
  describe('a server in full', () => {
    it('starts and cancels tasks, makes a backup', async () => {
      const { page, mock, errors } = await open({ path: 'servers/basement/tasks' });
      await page.getByRole('button', { name: 'Start Clean cache' }).click();
      await page.waitForSelector('.detail-table tr:has-text("Clean cache") .task-progress');
      await page.getByRole('button', { name: 'Cancel Scan media library' }).click();
      await page.getByRole('button', { name: 'Cancel task' }).click();
      await page.waitForSelector('.detail-table tr:has-text("Scan media library") >> text=canceled');
      await page.getByRole('button', { name: 'Make a backup…' }).click();
      await page.getByRole('button', { name: 'Make a backup', exact: true }).click();
      await page.waitForSelector('[role="status"]:has-text("took the order")');
      expect(mock.state.ops.done.every(({ idempotencyKey }) => typeof idempotencyKey === 'string')).toBe(true);
      expect(errors).toEqual([]);
    });

    it('accepts an entry of the hardening list with a reason, folds it away, and opens it again', async () => {
      const { page, errors } = await open({ path: 'servers/basement' });
      const panel = page.getByRole('region', { name: 'Hardening' });
      await panel.getByText('It said: Accounts with remote access that are never locked: Ana.').waitFor();
      expect(await panel.getByRole('button', { name: 'Accept… empty-passwords' }).count()).toBe(0);
      await panel.getByRole('button', { name: 'Accept… legacy-authorization' }).click();
      await page.getByRole('button', { name: 'Accept', exact: true }).click({ force: true });
      await page.getByLabel('Reason, kept with your name in the audit log').fill('please refuse');
      await page.getByRole('button', { name: 'Accept', exact: true }).click();
      await page.waitForSelector('[role="dialog"] [role="alert"]:has-text("says something else by now")');
      await page.getByLabel('Reason, kept with your name in the audit log').fill('The old television needs it.');
      await page.getByLabel('Until').selectOption('90 days from now');
      await page.getByRole('button', { name: 'Accept', exact: true }).click();
      await panel.getByRole('button', { name: 'Accept… legacy-authorization' }).waitFor({ state: 'detached' });
      expect(await panel.getByText('The old television needs it.').isVisible()).toBe(false);
      await panel.getByRole('button', { name: '2 accepted entries' }).click();
      await panel.getByText('The old television needs it.').waitFor();
      await panel.getByRole('button', { name: 'Revoke… legacy-authorization' }).click();
      await page.getByRole('button', { name: 'Revoke', exact: true }).click();
      await panel.getByRole('button', { name: 'Accept… legacy-authorization' }).waitFor();
      await panel.getByRole('button', { name: '1 accepted entry' }).waitFor();
      expect(errors).toEqual([]);
    });

    it('signs a device out after a question; where the vendor cannot, it says so and stays', async () => {
      const { page } = await open({ path: 'servers/attic/devices' });
      await page.getByRole('button', { name: 'Sign out… Shield TV', exact: true }).click();
      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      await page.waitForSelector('[aria-label="Devices"] .panel-head:has-text("11 of 11")');
      const { page: plex } = await open({ path: 'servers/studio/devices' });
      await plex.waitForSelector('.reason-line:has-text("Plex cannot sign devices out. CAPABILITY_MISSING")');
      expect(await plex.locator('.detail-table .button:not([aria-disabled="true"])').count()).toBe(0);
    });

    it('disables a user and sets a password after the own one', async () => {
      const { page, mock, errors } = await open({ path: 'servers/attic/users' });
      await page.getByRole('button', { name: 'Actions on Viewer 3', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Disable…' }).click();
      await page.getByRole('button', { name: 'Disable user' }).click();
      await page.waitForSelector('tr:has-text("Viewer 3") .badge:has-text("Disabled")');
      await page.getByRole('button', { name: 'Actions on Viewer 3', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Set password…' }).click();
      await page.getByLabel('New password on Attic', { exact: true }).fill('a longer one');
      await page.getByRole('button', { name: 'Set password', exact: true }).click();
      await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.waitForSelector('[role="status"]:has-text("password of Viewer 3 on Attic is set")');
      expect(mock.state.ops.done).toHaveLength(2);
      expect(await page.content()).not.toContain('a longer one');
      expect(errors).toEqual([]);
    });

    it('creates and removes a library, checks one, finds subtitles', async () => {
      const { page, errors } = await open({ path: 'servers/attic/libraries' });
      await page.getByRole('button', { name: 'New library…' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Concerts');
      await page.getByLabel('Folders, one a line').fill('/data/concerts\n');
      await page.getByRole('button', { name: 'Create library' }).click();
      await page.getByRole('button', { name: 'Remove Concerts' }).click();
      await page.getByLabel('Type Concerts to confirm').fill('Concerts');
      await page.getByRole('button', { name: 'Remove library' }).click();
      await page.getByRole('button', { name: 'Remove Concerts' }).waitFor({ state: 'detached' });
      await page.getByLabel('Check the metadata of').selectOption('Movies');
      await page.waitForSelector('[aria-label="Metadata health"] :text("not reported")');
      await page.getByRole('button', { name: 'Find subtitles for Dune: Part Two' }).click();
      await page.getByRole('button', { name: 'Search', exact: true }).click();
      await page.getByRole('button', { name: /^Fetch/ }).click();
      await page.waitForSelector('[role="status"]:has-text("Attic fetches it")');
      expect(errors).toEqual([]);
    });

    it('reads the log in parts, and leaves a viewer and a vendor without one the reason', async () => {
      const { page } = await open({ path: 'servers/attic/events' });
      await page.waitForSelector('.events-table');
      expect(await page.locator('.events-table tbody tr').count()).toBe(101);
      await page.getByRole('button', { name: 'Show older ones' }).click();
      await page.waitForFunction(() => document.querySelectorAll('.events-table tbody tr').length > 190);
      await page.getByLabel('Search the log').fill('warning');
      await page.waitForFunction(() => document.querySelectorAll('.events-table tbody tr').length < 60);
      await page.getByText('Playbacks', { exact: true }).click();
      await page.waitForSelector('.events-table tr:has-text("The Bear")');
      expect(query(page)).toBe('?list=history');
      const { page: viewer } = await open({ path: 'servers/attic/events', role: 'VIEWER' });
      await viewer.waitForSelector('.state:has-text("FORBIDDEN")');
      const { page: plex } = await open({ path: 'servers/studio/events' });
      await plex.waitForSelector('.state:has-text("CAPABILITY_MISSING log.read")');
    });

    it('draws what answer times and the machine did, in a day and a week, and says where nothing was collected', async () => {
      const { page, errors } = await open({ path: 'servers/attic' });
      await page.waitForSelector('[aria-label="Answer times"] .curve-chart');
      expect(await page.locator('.host-cell .sparkline').count()).toBe(4);
      expect([48, 49]).toContain(await page.locator('.half-hours span').count());
      await page.waitForSelector('[aria-labelledby="health-head"]:has-text("100 % in 24 h")');
      await page.waitForSelector('.half-hour-body:has-text("slow half hour")');
      await page.getByText('7 d', { exact: true }).click();
      await page.waitForSelector('.answer-table th:has-text("Calls in 7 d")');
      expect(errors).toEqual([]);
      const { page: fresh } = await open({ path: 'servers/attic', curves: 'fresh' });
      await fresh.waitForSelector('.curve-caption:has-text("Collected since")');
      expect(await fresh.locator('.curve-gap').count()).toBe(1);
      const { page: away } = await open({ path: 'servers/cabin' });
      await away.waitForSelector('[aria-label="Answer times"]:has-text("AGENT_OFFLINE")');
      const { page: viewer } = await open({ path: 'servers/attic', role: 'VIEWER' });
      await viewer.waitForSelector('[aria-label="Answer times"]:has-text("FORBIDDEN")');
      expect(await viewer.locator('.half-hours').count()).toBe(0);
    });

    it('shows the machine where an agent stands beside it, and why not elsewhere; all capabilities are listed', async () => {
      const { page } = await open({ path: 'servers/attic' });
      await page.waitForSelector('.host-cell:has-text("/media")');
      expect(await page.locator('.can-groups li').count()).toBe(47);
      const { page: other } = await open({ path: 'servers/basement' });
      await other.waitForSelector('.host-why:has-text("not available")');
    });
  });
}

function describeEfficiency(open: Open): void {
  describe('efficiency', () => {
    it('shows a day and a week as averages of an hour, keeps the range in the address and draws or lists the calls', async () => {
      const { page, errors } = await open({ path: 'efficiency' });
      await page.waitForSelector('[aria-label="Session calls per hour"] .curve-chart');
      expect(await page.locator('.curve-legend li').count()).toBe(6);
      await page.waitForSelector('.curve-goal-words:has-text("goal while polling, 360")');
      const office = page.locator('.eff-table tbody tr', { hasText: 'Office' }).locator('[data-cell="session"] b');
      expect(await office.innerText()).toBe('352');
      await page.locator('.range-choice').getByText('24 h', { exact: true }).click();
      await page.waitForSelector('h2:has-text("per hour in 24 h")');
      expect(query(page)).toBe('?range=24h');
      await page.waitForSelector('.eff-table [title*="session calls an hour, average of 24 h"]');
      expect(Number(await office.innerText())).toBeLessThan(352);
      await page.locator('.range-choice').getByText('7 d', { exact: true }).click();
      await page.waitForSelector('h2:has-text("per hour in 7 d")');
      await page.reload();
      await page.waitForSelector('h2:has-text("per hour in 7 d")');
      await page.getByRole('button', { name: 'As a table' }).click();
      await page.waitForSelector('.curve-table tr:has-text("Cabin"):has-text("Its agent does not answer.")');
      expect(errors).toEqual([]);
    });

    it('tells one server in full, and saves a file without names and addresses', async () => {
      const { page, errors } = await open({ path: 'efficiency' });
      await page.getByRole('link', { name: 'Emby Office' }).click();
      await page.waitForSelector('[aria-label="Calls to Office"]');
      expect(query(page)).toBe('?server=office');
      const file = await download(page, () => page.getByRole('button', { name: /^Download diagnostics/ }).click());
      expect(file.name).toMatch(/^usher-diagnostics-.*\.json$/);
      expect(JSON.parse(file.text)).toMatchObject({ kind: 'Diagnostics', servers: expect.arrayContaining([expect.objectContaining({ kind: 'EMBY', efficiency: expect.objectContaining({ mode: 'POLL' }) })]) });
      expect(file.text).not.toMatch(/Attic|Office|Grandma|\.lan|192\.168|9F3C/);
      expect(errors).toEqual([]);
    });
  });
}

/** What runs, what it costs, and a server in full, as a person goes through them. */
export function describeOps(open: Open): void {
  describeActivities(open);
  describeServer(open);
  describeEfficiency(open);
}
