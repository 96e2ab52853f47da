// B07: every byte between the services and the broker, and the broker's own files, while credentials are pushed: 0 marks.
import path from 'node:path';
import { runBar } from '../support/bar.js';
import { MarkSearch } from '../support/mark-search.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { inWorld } from '../support/world.js';

await runBar('B07', (bar) =>
  inWorld(async (world) => {
    const heard: Buffer[] = [];
    const proxy = await TcpProxy.start(world.stack.brokerUrl, (bytes) => heard.push(bytes));
    await world.stack.kill('usher');
    world.env['USHER_NATS_URL'] = `nats://127.0.0.1:${proxy.port}`;
    await world.stack.startService('usher');
    const servers = [await world.register('jellyfin', 'Attic'), await world.register('emby', 'Basement'), await world.register('plex', 'Studio')];
    const marks = servers.map(({ simulator }) => simulator.adminKey);
    // a connection test and a new key are the two other times when a key travels
    for (const { id, simulator } of servers) {
      const input = { url: simulator.url, token: simulator.adminKey };
      await world.operator.ask('mutation ($input: TestServerConnectionInput!) { testServerConnection(input: $input) { ok } }', { input });
      marks.push(simulator.control.rotateKey());
      await world.operator.ask('mutation ($input: UpdateServerInput!) { updateServer(input: $input) { id } }', { input: { id, token: simulator.adminKey } });
      await world.untilState(id, 'ONLINE');
    }
    const traffic = Buffer.concat(heard);
    bar.check('wiretap.heard-commands', traffic.includes('server.configure') || traffic.includes('.cmd.'), true, traffic.includes('.cmd.'));
    const search = new MarkSearch(bar, marks);
    bar.check('wiretap.hits', `${search.isIn(traffic) ? 1 : 0} in ${Math.round(traffic.length / 1024)} KiB`, 0, !search.isIn(traffic));
    await search.folder('broker-files', path.join(world.stack.dataDir, 'nats'));
    await proxy.close();
    bar.notRun('user-migration', 'there is no migration yet');
  }),
);
