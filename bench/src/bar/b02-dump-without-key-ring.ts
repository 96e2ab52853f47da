// B02: the database without its key ring: 0 credentials opened, boot stops with `KEYRING_MISMATCH`.
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { KeyRing, openCredential } from '@usher/security';
import { runBar } from '../support/bar.js';
import { bootFailure } from '../support/boot.js';
import { inWorld } from '../support/world.js';

await runBar('B02', (bar) =>
  inWorld(async (world) => {
    await world.register('jellyfin', 'Attic');
    await world.register('plex', 'Studio');
    const foreign = await KeyRing.loadOrCreate(path.join(world.stack.dataDir, 'foreign', 'keyring.json'));
    const { rows } = await world.pool.query<{ server_id: string; dek_ver: number; kek_id: string; wrapped_dek: Buffer; ciphertext: Buffer }>('SELECT * FROM server_credential');
    const opened = rows.filter((row) => {
      for (const kekId of [row.kek_id, foreign.primaryKekId]) {
        try {
          openCredential(foreign, { serverId: row.server_id, kind: 'media-server' }, { dekVersion: row.dek_ver, kekId, wrappedDek: row.wrapped_dek, ciphertext: row.ciphertext });
          return true;
        } catch {
          continue; // refused: what is counted
        }
      }
      return false;
    });
    bar.check('rows.opened', `${opened.length} of ${rows.length}`, 0, opened.length === 0 && rows.length === 2);
    await world.stack.kill('usher');
    await rename(world.keyRingFile(), `${world.keyRingFile()}.away`);
    await rename(path.join(world.stack.dataDir, 'foreign', 'keyring.json'), world.keyRingFile());
    const failure = await bootFailure(world);
    bar.check('boot.with-a-foreign-key-ring', failure.text, 'KEYRING_MISMATCH', failure.exited && failure.text.includes('KEYRING_MISMATCH'));
  }),
);
