import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { recordingLogger, tempFolder } from '../../test/support.js';
import { UsedTickets } from './used-tickets.js';

const opened: UsedTickets[] = [];
afterEach(() => Promise.allSettled(opened.splice(0).map((used) => used.close())));

async function setUp() {
  const file = path.join(await tempFolder(), 'used-tickets.ndjson');
  const clock = new ManualClock();
  const { logger } = recordingLogger();
  const ticket = () => ({ jti: uuidv7(), iat: Math.floor(clock.now() / 1000), exp: Math.floor(clock.now() / 1000) + 900 });
  const open = async () => {
    const used = await UsedTickets.open(file, clock, logger);
    opened.push(used);
    return used;
  };
  return { file, clock, ticket, open, used: await open() };
}

describe('UsedTickets', () => {
  it('gives a ticket to one command, over a restart, and to that one again', async () => {
    const { used, open, ticket } = await setUp();
    const [one, command] = [ticket(), uuidv7()];
    await used.redeem(one, command);
    await used.redeem(one, command);
    for (const each of [used, await open()]) {
      await each.redeem(one, command);
      await expect(each.redeem(one, uuidv7())).rejects.toMatchObject({ code: 'TICKET_REUSED' });
    }
  });

  it('has one winner among two hundred at once', async () => {
    const { used, ticket } = await setUp();
    const one = ticket();
    const results = await Promise.allSettled(Array.from({ length: 200 }, () => used.redeem(one, uuidv7())));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('takes no ticket from before its file, when that is new, gone or damaged', async () => {
    const { used, open, ticket, clock, file } = await setUp();
    const early = { ...ticket(), iat: ticket().iat - 2 };
    await expect(used.redeem(early, uuidv7())).rejects.toMatchObject({ code: 'TICKET_INVALID', details: { reason: 'predates-agent' } });
    const [known, command] = [ticket(), uuidv7()];
    await used.redeem(known, command);
    await used.close();
    await clock.advance(5_000);
    await (await open()).redeem(known, command);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"used"', '"usex"'));
    await appendFile(file, `${JSON.stringify({ k: 'used', jti: uuidv7(), command: uuidv7(), exp: 1 })}\n`);
    await expect((await open()).redeem(known, command)).rejects.toMatchObject({ details: { reason: 'predates-agent' } });
    await expect((await open()).redeem(ticket(), command)).resolves.toBeUndefined();
    await writeFile(file, '');
    await expect((await open()).redeem(known, command)).rejects.toMatchObject({ details: { reason: 'predates-agent' } });
  });

  it('leaves a ticket unused when the disk did not take it', async () => {
    const { used, ticket } = await setUp();
    const one = ticket();
    await used.close();
    await expect(used.redeem(one, uuidv7())).rejects.toThrow();
    await expect(used.redeem(one, uuidv7())).rejects.not.toMatchObject({ code: 'TICKET_REUSED' });
  });

  it('forgets tickets long after their end, and does not grow without end', async () => {
    const { used, open, ticket, clock, file } = await setUp();
    for (let i = 0; i < 1_200; i++) {
      await used.redeem(ticket(), uuidv7());
      await clock.advance(10_000);
    }
    const last = ticket();
    await used.redeem(last, uuidv7());
    const lines = (await readFile(file, 'utf8')).split('\n').length;
    expect(lines).toBeLessThan(400);
    await expect((await open()).redeem(last, uuidv7())).rejects.toMatchObject({ code: 'TICKET_REUSED' });
  });
});
