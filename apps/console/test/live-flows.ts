import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Mock, MockOptions } from './mock-server.mjs';

type Open = (options: MockOptions & { path?: string; width?: number }) => Promise<{ page: Page; mock: Mock; errors: string[] }>;

const DRAWER = '?session=attic:s0';
const note = (words: string) => `.drawer-controls [role="status"]:has-text("${words}")`;

/** One stream and what can be done about it, and what does not fit together, as a person goes through them. */
export function describeLive(open: Open): void {
  describe('one stream', () => {
    it('pauses and resumes; what was done shows itself and needs no words', async () => {
      const { page, errors } = await open({ path: DRAWER, sessions: 20 });
      await page.getByRole('button', { name: 'Pause', exact: true }).click();
      await page.getByRole('button', { name: 'Resume', exact: true }).click();
      await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
      expect(await page.locator('.drawer-controls [role="status"]').textContent()).toBe('');
      expect(errors).toEqual([]);
    });

    it('takes a pause back that had no effect, and says so', async () => {
      const { page } = await open({ path: DRAWER, sessions: 20, outcome: 'NO_EFFECT' });
      await page.getByRole('button', { name: 'Pause', exact: true }).click();
      await page.waitForSelector(note('The server took the order, the client did not react.'));
      await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    });

    it('shows a pause that nobody can confirm, for a few seconds only', async () => {
      const { page } = await open({ path: DRAWER, sessions: 20, outcome: 'SENT' });
      await page.getByRole('button', { name: 'Pause', exact: true }).click();
      await page.waitForSelector(note('Sent; this client does not report back.'));
      await page.getByRole('button', { name: 'Pause', exact: true }).waitFor({ timeout: 20_000 });
    });

    it('limits the bit rate where the app takes it, and refuses what is no limit', async () => {
      const { page, errors } = await open({ path: '?session=basement:s3', sessions: 20, outcome: 'SENT' });
      await page.getByRole('button', { name: 'Limit…' }).click();
      await page.getByLabel('Mbps at most').fill('lots');
      await page.getByRole('button', { name: 'Set the limit' }).click();
      await page.waitForSelector('.field-error:has-text("A number from 0.1 to 1,000")');
      await page.getByRole('button', { name: '4 Mbps' }).click();
      await page.getByRole('button', { name: 'Set the limit' }).click();
      await page.waitForSelector(note('Sent; this client does not report back.'));
      await page.getByRole('button', { name: 'Limit…' }).click();
      await page.getByRole('button', { name: 'Lift the limit' }).click();
      await page.waitForSelector(note('No media server has an order that takes a limit away'));
      expect(errors).toEqual([]);
    });

    it('keeps every button of a viewer, with one sentence for all of them', async () => {
      const { page } = await open({ path: DRAWER, sessions: 20, role: 'VIEWER' });
      await page.waitForSelector('.off-reason:has-text("Pause, Notice, Seek and Stop are off: Needs the role operator.") >> text=FORBIDDEN');
      expect(await page.locator('.drawer-buttons [aria-disabled="true"]').count()).toBe(4);
      expect(await page.getByRole('link', { name: 'Compare' }).count()).toBe(0);
    });

    it('leads to the other stream of the person and to the comparison', async () => {
      const { page } = await open({ path: DRAWER, sessions: 20 });
      await page.locator('.connections').getByRole('link', { name: /^Emby Office/ }).click();
      await page.waitForSelector('.drawer-place:has-text("Office")');
      await page.locator('.connections').getByRole('link', { name: 'Compare' }).click();
      await page.waitForSelector('.mm-verdict:has-text("Ana Martin plays on Attic and Office")');
    });
  });

  describe('the streams as cards', () => {
    const cards = async (options: MockOptions) => {
      const opened = await open(options);
      await opened.page.getByLabel('Cards', { exact: true }).check();
      return opened;
    };

    it('stand beside each other, are walked one by one, opened, folded away and remembered', async () => {
      const { page, errors } = await cards({ sessions: 20 });
      await page.waitForSelector('.big-card');
      const tops = await page.locator('.row-session').evaluateAll((rows) => rows.slice(0, 3).map((row) => Math.round(row.getBoundingClientRect().top)));
      expect(new Set(tops).size).toBe(1);
      await page.locator('h1').focus();
      for (const row of [2, 3, 4]) {
        await page.keyboard.press('j');
        await page.waitForSelector(`.grid-row[aria-rowindex="${row}"]:focus`);
      }
      await page.keyboard.press('Enter');
      await page.waitForSelector('.drawer-place:has-text("Attic · 2 of")');
      await page.keyboard.press('Escape');
      await page.waitForSelector('.drawer', { state: 'detached' });
      await page.reload();
      await page.waitForSelector('.big-card');
      await page.getByRole('button', { name: /^Collapse all/ }).click();
      await page.waitForSelector('.big-card', { state: 'detached' });
      expect(errors).toEqual([]);
    });

    it('of many streams are in the document only where somebody looks, whole lines of them', async () => {
      const { page, errors } = await cards({ servers: 12, sessions: 200 });
      await page.waitForSelector('.big-card');
      const seen = new Set<string>();
      for (let at = 0; ; at += 300) {
        await page.evaluate((top) => window.scrollTo(0, top), at);
        await page.waitForFunction((top) => Math.abs(window.scrollY - Math.min(top, document.documentElement.scrollHeight - window.innerHeight)) < 2, at);
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null)))));
        for (const index of await page.locator('.row-session').evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-rowindex')!))) seen.add(index);
        expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThanOrEqual(1_200);
        if (await page.evaluate(() => window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 2)) break;
      }
      expect(seen.size).toBe(200);
      expect(errors).toEqual([]);
    });

    it('are not there without streams: the servers stay', async () => {
      const { page, errors } = await cards({ sessions: 0 });
      await page.waitForSelector('.row-server');
      expect(await page.locator('.big-card').count()).toBe(0);
      expect(errors).toEqual([]);
    });
  });

  describe('the placement of a stream', () => {
    it('says where and why, what became of others, and leads to the decision', async () => {
      const { page, errors } = await open({ path: DRAWER, sessions: 20 });
      const placement = page.getByRole('region', { name: 'Placement' });
      await placement.getByText(/^Attic 0\.71 at .*decided by cpu$/).waitFor();
      await placement.getByText('Basement rejected: 1.09, above its gate of 1.00').waitFor();
      await placement.getByRole('link', { name: /^The decision/ }).click();
      await page.waitForSelector('.decision:has-text("Dune: Part Two")');
      expect(errors).toEqual([]);
    });

    it('is not there for a stream that no route led here', async () => {
      const { page, errors } = await open({ path: DRAWER, sessions: 20, unrouted: true });
      await page.locator('.connections').getByRole('link', { name: 'Compare' }).waitFor();
      expect(await page.getByRole('region', { name: 'Placement' }).count()).toBe(0);
      expect(errors).toEqual([]);
    });
  });

  describe('mirror', () => {
    it('opens from the drawer, copies its text without viewer and address, and goes back with Escape', async () => {
      const { page, errors } = await open({ path: DRAWER, sessions: 20 });
      await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: { writeText: (text: string) => Promise.resolve(void (document.body.dataset['copied'] = text)) } }));
      await page.getByRole('link', { name: 'Open mirror' }).click();
      await page.waitForSelector('.mirror-events');
      expect(new URL(page.url()).pathname).toBe('/sessions/attic:s0/mirror');
      await page.getByRole('button', { name: 'Copy as text for support' }).click();
      const copied = await page.waitForFunction(() => document.body.dataset['copied']);
      const text = String(await copied.jsonValue());
      expect(text).toContain('DELIVERY_CHANGED');
      expect(text).not.toMatch(/Ana|ana_m|81\.2/);
      await page.keyboard.press('Escape');
      await page.waitForSelector('.drawer');
      expect(errors).toEqual([]);
    });

    it('follows positions and the end as they are pushed', async () => {
      const { page, mock } = await open({ path: 'sessions/attic:s0/mirror', sessions: 20 });
      await page.waitForSelector('.mirror-events');
      await page.waitForSelector('.live-pill b:text-is("LIVE")');
      mock.pushMirror({ aheadMs: 12_000 });
      await page.waitForSelector('.facts dd:has-text("12 s, to")');
      mock.pushMirror({ ended: true });
      await page.waitForSelector('.mirror-ended:has-text("Ended")');
      await page.waitForSelector('h1:has-text("Mirror: Dune: Part Two")');
      mock.pushMirror({ silent: true });
      await page.waitForSelector('.mirror-ended:has-text("Attic does not answer now")');
    });
  });

  describe('mismatches', () => {
    const compare = (number: number) => `users/mismatches/0193a2c4-8888-7000-8000-${String(number).padStart(12, '0')}`;
    const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

    it('are compared from the list and answered; the count follows', async () => {
      const { page, errors } = await open({ path: 'users/mismatches', sessions: 20 });
      await page.waitForSelector('.nav-count[title="6 open"]');
      await page.locator('.mm-line', { hasText: 'Ana Martin plays' }).click();
      await page.waitForSelector('#mm-verdict:has-text("Probably two people with one account")');
      expect(await page.locator('.mm-facts li:has-text("Networks never seen together")').count()).toBe(1);
      expect(await button(page, 'Resolve').getAttribute('aria-disabled')).toBe('true');
      await page.getByLabel(/It is one person, allowed/).check();
      await page.getByLabel(/^Note/).fill('her VPN');
      await button(page, 'Allow').click();
      await page.waitForSelector('.nav-count[title="5 open"]');
      await page.locator('.mm-line', { hasText: 'Kofi plays on Basement' }).click();
      await page.getByLabel(/^Not now/).check();
      await button(page, 'Ask again in 30 d').click();
      await page.waitForSelector('.nav-count[title="4 open"]');
      await page.getByText('Resolved', { exact: true }).click();
      await page.locator('.mm-line', { hasText: 'Ana Martin plays' }).click();
      await page.waitForSelector('p:text-is("It is one person, allowed: her VPN")');
      expect(errors).toEqual([]);
    });

    it('keep their flag with the answer that somebody else uses the account', async () => {
      const { page } = await open({ path: compare(1), sessions: 20 });
      await page.getByLabel(/^Somebody else/).check();
      await button(page, 'Keep flag').click();
      await page.waitForSelector('.callout:has-text("Somebody else uses the account") >> text=The flag stays');
      await page.waitForSelector('.nav-count[title="6 open"]');
    });

    it('lead to the accounts of the person when they are two people', async () => {
      const { page } = await open({ path: compare(1), sessions: 20 });
      await page.getByLabel(/^These are two people/).check();
      await button(page, 'Resolve and split').click();
      await page.waitForURL(/\/users\/0193a2c4-7777/);
    });

    it('stop the newest stream with a reason, and ask again about what was allowed', async () => {
      const { page, errors } = await open({ path: compare(1), sessions: 20 });
      await button(page, 'Stop Office…').click();
      await page.getByLabel(/^Reason/).fill('Please use your own account');
      await button(page, 'Stop stream').click();
      await page.waitForSelector('.mm-compare th:has-text("ended, or not listed now")');
      await button(page, 'Ask again').click();
      await page.waitForSelector('#mm-allowed', { state: 'detached' });
      expect(errors).toEqual([]);
    });

    it('are gone through with J and K', async () => {
      const { page } = await open({ path: compare(1), sessions: 20 });
      await page.waitForSelector('.mm-neighbours:has-text("1 of 6 open")');
      await page.keyboard.press('j');
      await page.waitForSelector('.mm-verdict:has-text("Kofi plays on Basement")');
      await page.keyboard.press('k');
      await page.waitForSelector('.mm-verdict:has-text("Ana Martin plays")');
    });

    it('keep the chosen answer and say why when it is refused', async () => {
      const { page } = await open({ path: compare(1), sessions: 20, stubborn: true });
      await page.getByLabel(/These are two people/).check();
      await button(page, 'Resolve and split').click();
      await page.waitForSelector('[role="alert"]:has-text("CONFLICT")');
      expect(await page.getByLabel(/These are two people/).isChecked()).toBe(true);
    });

    it('of several titles stand title by title, and the servers are asked again', async () => {
      const { page, errors } = await open({ path: 'users/mismatches/0193a2c4-8888-7000-8000-000000000008', sessions: 20 });
      await page.waitForSelector('.mm-compare th:has-text("Paddington 2")');
      expect(await page.locator('.mm-compare tbody tr').first().allInnerTexts()).toEqual([expect.stringMatching(/Arrival \(2016\)\s+stopped at 1:02:10\s+stopped at 12:05/)]);
      await page.getByRole('button', { name: 'Read again' }).click();
      await page.getByText('2 accounts looked at.').waitFor();
      expect(errors).toEqual([]);
    });

    it('stand on the row, in the strip and in the rail; from there they are compared', async () => {
      const { page } = await open({ sessions: 20 });
      await page.waitForSelector('.row-session .flag-words:has-text("also on Office")');
      await page.waitForSelector('.fleet-strip .legend-item:has-text("1 flag")');
      await page.waitForSelector('.row-session .flag-words.dim:has-text("Office stopped at 1:02:10")');
      expect(await page.locator('.rail').getByText('stopped at').count()).toBe(0);
      await page.locator('.rail').getByRole('link', { name: /^Compare/ }).click();
      await page.waitForSelector('#mm-verdict');
    });
  });
}
