// B08: key ring readable by others, in PostgreSQL's data folder, missing, wrong: each its own code in < 2 s.
import { chmod, copyFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { KeyRing } from '@usher/security';
import { runBar, type Bar } from '../support/bar.js';
import { bootFailure } from '../support/boot.js';
import { percentile } from '../support/statistics.js';
import { inWorld, type World } from '../support/world.js';

const LIMIT_MS = 2_000;

async function refuses(bar: Bar, world: World, what: string, code: string): Promise<void> {
  const tries = [await bootFailure(world), await bootFailure(world), await bootFailure(world)];
  const { exited, text } = tries[0]!;
  bar.check(`${what}.answer`, text, code, exited && text.includes(code));
  bar.atMost(`${what}.time-median-of-3`, percentile(tries.map(({ ms }) => ms), 0.5), LIMIT_MS, 'ms');
}

await runBar('B08', (bar) =>
  inWorld(async (world) => {
    await world.stack.kill('usher');
    const file = world.keyRingFile();
    await chmod(file, 0o644);
    await refuses(bar, world, 'world-readable', 'KEYRING_UNSAFE');
    await chmod(file, 0o440);
    await refuses(bar, world, 'group-readable', 'KEYRING_UNSAFE');
    await chmod(file, 0o400);

    const inside = path.join(await world.databaseFolder(), 'keyring.json');
    await copyFile(file, inside);
    await chmod(inside, 0o400);
    world.env['USHER_KEYRING_FILE'] = inside;
    await refuses(bar, world, 'in-database-folder', 'KEYRING_UNSAFE');
    delete world.env['USHER_KEYRING_FILE'];

    await rename(file, `${file}.away`);
    await refuses(bar, world, 'missing', 'KEYRING_MISSING');
    await writeFile(file, '{"version":1}', { mode: 0o400 });
    await refuses(bar, world, 'damaged', 'KEYRING_');
    await rename(file, `${file}.damaged`);
    await KeyRing.loadOrCreate(file);
    await refuses(bar, world, 'wrong', 'KEYRING_MISMATCH');
    await rename(`${file}.away`, file);
    await world.stack.startService('usher');
    bar.equal('its-own-again.starts', true, true);
    bar.notRun('in-backup-folder', 'there is no backup command yet');
  }),
);
