// B42: a black hole on the agents' link (nothing closes, nothing passes): seen ≤ 60 s, recovered ≤ 5 s after healing, no command
// lost: what was ordered meanwhile is refused at once or done once.
import { eventually } from '@usher/testing';
import { runBar } from '../support/bar.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { inWorld } from '../support/world.js';

await runBar('B42', (bar) =>
  inWorld(
    async (world) => {
      const proxy = await TcpProxy.start(world.stack.brokerUrl);
      await world.stack.kill('agent');
      const direct = world.env['USHER_NATS_URL'];
      world.env['USHER_NATS_URL'] = `nats://127.0.0.1:${proxy.port}`;
      await world.stack.startService('agent');
      if (direct === undefined) delete world.env['USHER_NATS_URL'];
      const server = await world.register('jellyfin', 'Attic');
      const playing = server.simulator.control.startPlayback();
      const sessionId = `${server.id}:${playing.sessionId}`;
      const notice = (text: string) => world.operator.send<{ sendSessionNotice: boolean }>('mutation ($input: SendSessionNoticeInput!) { sendSessionNotice(input: $input) }', { input: { sessionId, text } });
      await eventually(async () => (await notice('before')).code === null, { timeoutMs: 20_000, everyMs: 250 });
      const before = playing.messages.length;

      proxy.silence();
      let at = performance.now();
      const during = await notice('into the black hole');
      bar.check('command-during.answer', `${during.code} after ${Math.round(performance.now() - at)} ms`, 'AGENT_OFFLINE or AGENT_TIMEOUT', during.code === 'AGENT_OFFLINE' || during.code === 'AGENT_TIMEOUT');
      const changed = server.simulator.control.startPlayback();
      await eventually(async () => (await world.stateOf(server.id)).state !== 'ONLINE', { timeoutMs: 120_000, everyMs: 250 });
      bar.atMost('seen-after', (performance.now() - at) / 1000, 60, 's');

      proxy.heal();
      at = performance.now();
      await world.untilState(server.id, 'ONLINE', 60_000);
      bar.atMost('online-again-after', (performance.now() - at) / 1000, 5, 's');
      await eventually(async () => (await notice('after')).code === null, { timeoutMs: 30_000, everyMs: 250 });
      bar.atMost('commands-again-after', (performance.now() - at) / 1000, 5, 's');
      const texts = playing.messages.slice(before).map(({ text }) => text);
      bar.check('orders-carried-out', texts.join(' | '), 'each at most once', new Set(texts).size === texts.length);
      // what happened meanwhile is in the ledger: it lay on the agent's disk
      await eventually(async () => (await world.pool.query('SELECT 1 FROM playback WHERE device_name = $1', [changed.session.device.name])).rowCount === 1, { timeoutMs: 20_000 });
      bar.equal('playback-of-the-outage-in-the-ledger', true, true);
      await proxy.close();
    },
    {},
    'split',
  ),
);
