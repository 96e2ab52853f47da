import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Mock, MockOptions } from './mock-server.mjs';

type Open = (options: MockOptions & { path?: string }) => Promise<{ page: Page; mock: Mock; errors: string[] }>;

const PLAN = 'migrations/0193a2c4-5555-7000-8000-00009d5c20e1';

/** Answers the question for the password; it counts for what follows. */
async function prove(page: Page): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await page.getByRole('button', { name: 'Go on' }).click();
}

async function tickAll(page: Page, start: string): Promise<void> {
  for (const box of await page.getByLabel(start).all()) await box.check();
}

/** Migrations and people, as a person goes through them. */
export function describePeople(open: Open): void {
  describe('moving people', () => {
    it('goes from the list to a run: choose, map, check, freeze, sign, start', async () => {
      const { page, errors } = await open({ migration: 'draft', signatures: 1, settled: true, rows: 200 });
      await page.waitForSelector('.row-session');
      await page.keyboard.press('g');
      await page.keyboard.press('x');
      await page.getByRole('link', { name: 'New migration' }).click();
      await page.getByLabel('From server').selectOption('Basement');
      expect(await page.getByLabel('To server').inputValue()).not.toBe(await page.getByLabel('From server').inputValue());
      await page.getByLabel('Choose ana').check();
      await page.getByLabel('Choose klara').check();
      await page.getByRole('button', { name: 'Map 2 users' }).click();
      await page.waitForSelector('.mig-pairing');
      await page.getByRole('button', { name: 'Check', exact: true }).click();
      await page.waitForSelector('.mig-findings');
      await tickAll(page, 'Understood:');
      await page.getByRole('button', { name: 'Freeze plan' }).click();
      await page.waitForSelector('.mig-lost');
      await tickAll(page, 'Understood:');
      await page.getByLabel('Type Attic, the server that is written').fill('Attic');
      await page.getByRole('button', { name: /^Sign / }).click();
      await prove(page);
      await page.getByRole('button', { name: 'Start the run' }).click();
      await page.waitForSelector('.mig-user-bars');
      expect(new URL(page.url()).pathname).toMatch(/^\/migrations\/[0-9a-f-]{36}\/run$/);
      expect(errors).toEqual([]);
    });

    it('takes decisions by row, by page and from a file; a bad file is told line by line and not used', async () => {
      const { page, errors } = await open({ path: `${PLAN}/check?tab=conflict`, migration: 'checked', settled: true, rows: 200 });
      await page.waitForSelector('.mig-row-table');
      await page.locator('.mig-row-table tr').nth(1).getByText('Skip').click();
      await page.getByRole('button', { name: 'Keep the target’s all 3' }).click();
      const file = (text: string) => page.setInputFiles('input[aria-label="File of decisions"]', { name: 'decisions.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
      await file('id,decision\nitem:s1:c-1,skip\nitem:s1:c-1,skip\nfilm,skip\n');
      await page.waitForSelector('[role="dialog"] li:has-text("line 3, id")');
      await page.waitForSelector('[role="dialog"] li:has-text("line 4, id")');
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
      await file('id,decision\nitem:s9:nobody,skip\n');
      await page.waitForSelector('[role="dialog"] [role="alert"]:has-text("DECISION_INVALID")');
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
      await file('id,decision\nitem:s1:c-1,skip\n');
      await page.getByRole('button', { name: 'Take 1 decision' }).click();
      await page.getByRole('button', { name: 'Save 5 decisions and check again' }).click();
      await page.waitForSelector('.mig-foot:has-text("warnings before this plan can be frozen")');
      expect(errors).toEqual([]);
    });

    it('pauses, accepts what differs with a reason, and makes an undo that is signed like any plan', async () => {
      const { page, errors } = await open({ path: PLAN, migration: 'running' });
      await page.getByRole('button', { name: 'Pause at a safe point' }).click();
      await page.getByRole('button', { name: 'Resume' }).click();
      await page.getByRole('button', { name: 'Pause at a safe point' }).waitFor();
      expect(errors).toEqual([]);
      const { page: end, errors: wrong } = await open({ path: PLAN, migration: 'awaiting' });
      await end.getByRole('button', { name: 'Accept with a reason…' }).click();
      await end.getByLabel('Reason', { exact: true }).fill('Played meanwhile');
      await end.getByRole('button', { name: 'Accept and finish' }).click();
      await end.getByRole('button', { name: 'Undo this run…' }).click();
      await prove(end);
      await end.waitForSelector('h2:has-text("is taken back")');
      await end.waitForSelector('h1:has-text("Undo")');
      expect(wrong).toEqual([]);
    });

    it('keeps what was typed through the steps, and a stale plan leads back to its check', async () => {
      const { page, errors } = await open({ path: `${PLAN}/map?tab=fields`, migration: 'stale', rows: 200 });
      await page.waitForSelector('.callout:has-text("stale")');
      await page.getByLabel('Signatures').selectOption('1');
      await page.getByRole('link', { name: /Check/ }).click();
      await page.waitForSelector('.callout:has-text("did not save")');
      await page.getByRole('button', { name: 'Back to Map' }).first().click();
      await page.getByRole('button', { name: 'Save and check' }).click();
      await page.waitForSelector('.mig-findings');
      expect(await page.locator('.callout:has-text("stale")').count()).toBe(0);
      expect(errors).toEqual([]);
    });
  });

  describe('people', () => {
    it('merges a suggestion, undoes it, refuses another, attests an address', async () => {
      const { page, errors } = await open({ path: 'users' });
      await page.getByRole('button', { name: 'Look and merge…' }).first().click();
      await page.getByLabel(/I know that this is one person/).check();
      await page.getByRole('dialog').getByRole('button', { name: /^Merge into/ }).click();
      await page.waitForSelector('#person-head:has-text("Tomás Reyes")');
      await page.getByRole('button', { name: 'Undo, 30 d left' }).click();
      await page.waitForSelector('.id-lines :text("undone")');
      await page.getByRole('button', { name: 'Keep apart Mia Boyd and Nora Weiss' }).click();
      await page.waitForSelector('.id-suggestions li:has-text("Mia Boyd")', { state: 'detached' });
      await page.getByRole('button', { name: /Ana Martin/ }).click();
      await page.getByRole('button', { name: 'Attest… ana@oldmail.example' }).click();
      await page.getByLabel('How you know, kept in the audit log').fill('She told me');
      await page.getByRole('button', { name: 'Attest', exact: true }).click();
      await page.waitForSelector('.id-email:has-text("verified by Sam Moreau")');
      expect(errors).toEqual([]);
    });
  });
}
