// B01: servers with marked tokens; dump, WAL, data files, queue schema, broker store, agents' folders and logs are searched
// for the tokens raw, hex, base64 (3 alignments), reversed: 0 hits; ≤ 1 min.
import { randomBytes } from 'node:crypto';
import { freePort } from '@usher/testing';
import { runBar } from '../support/bar.js';
import { MarkSearch } from '../support/mark-search.js';
import { inWorld } from '../support/world.js';

const ROWS_PER_IMPORT = 50;
const LIMIT_MS = 60_000;

await runBar('B01', (bar) =>
  inWorld(async (world) => {
    const startedAt = performance.now();
    const count = bar.number('servers', 1_000);
    const live = [await world.register('jellyfin', 'Attic'), await world.register('emby', 'Basement'), await world.register('plex', 'Studio')];
    for (const { simulator } of live) simulator.control.startPlayback();
    // the others are at addresses where nobody answers: their tokens are stored all the same
    const port = await freePort();
    const rows = Array.from({ length: count - live.length }, (_, i) => ({ alias: `Marked ${i}`, kind: 'JELLYFIN', url: `http://127.0.0.1:${port}/${i}`, token: randomBytes(16).toString('hex') }));
    for (let from = 0; from < rows.length; from += ROWS_PER_IMPORT) {
      const input = { idempotencyKey: crypto.randomUUID(), allowUnreachable: true, rows: rows.slice(from, from + ROWS_PER_IMPORT) };
      await world.operator.ask('mutation ($input: ImportServersInput!) { importServers(input: $input) { failed } }', { input });
    }
    const { rows: stored } = await world.pool.query('SELECT 1 FROM server_credential');
    bar.equal('credentials.stored', stored.length, count);
    await world.stack.kill('usher');
    await world.stack.startService('usher');
    for (const { id } of live) await world.untilState(id, 'ONLINE');

    const search = new MarkSearch(bar, [...rows.map(({ token }) => token), ...live.map(({ simulator }) => simulator.adminKey)]);
    await search.dump(world);
    await search.folder('database-files-and-wal', await world.databaseFolder());
    await search.folder('data-folder-agents-and-broker', world.stack.dataDir);
    search.text('log', world.log);
    bar.atMost('time', (performance.now() - startedAt) / 1000, LIMIT_MS / 1000, 's');
    if (count < 1000) bar.notRun('1000-servers', `this run had ${count}; --servers 1000 has them all`);
    bar.notRun('redis-rdb-aof', 'the run used PostgreSQL as queue store');
  }, { USHER_LOG_LEVEL: 'debug' }),
);
