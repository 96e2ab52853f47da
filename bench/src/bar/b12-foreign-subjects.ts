// B12: A's login tries 200 subjects (sub, queue sub, pub; wildcards, B's id and account, $SYS, $JS, _INBOX, _R_):
// 0 deliveries from or to B. B15: reply subjects aimed at every command subject, in both views: B executes nothing.
import { CONTRACTS } from '@usher/contracts';
import { seededRandom, between } from '@usher/testing';
import { runBar } from '../support/bar.js';
import { connectAs, stealAgent, type StolenAgent } from '../support/agent-folder.js';
import { inWorld } from '../support/world.js';

const COMMANDS = CONTRACTS.filter((contract) => contract.kind === 'command').map(({ name }) => name);

function foreignSubjects(a: StolenAgent, b: StolenAgent, random: () => number): string[] {
  const whos = [b.serverId, b.acctPub, a.acctPub, '*'];
  const tails = ['>', 'cmd.>', 'state.>', 'fact.>', 'ask.>', 'ack.>', 'state.sessions', 'fact.spool.appended', 'ask.agent.hello', ...COMMANDS.map((name) => `cmd.${name}`)];
  const subjects = [
    '>', '*', '*.>', '*.*', 'usher.>', 'usher.*', 'usher.v1.>', 'usher.v1.*.>', 'usher.v1.server.>', 'usher.v1.service.>', 'usher.v1.service.controller.>', 'usher.v1.service.agent-host.cmd.>',
    '$SYS.>', '$SYS.ACCOUNT.*.CONNECT', `$SYS.ACCOUNT.${b.acctPub}.>`, '$SYS.REQ.>', '$SYS.REQ.CLAIMS.UPDATE', '$JS.>', '$JS.API.>', '$KV.>',
    '_INBOX.>', `_INBOX.${b.serverId}.>`, '_INBOX.controller.>', '_INBOX.agent-host.>', '_R_.>', '_R_.*', '_GR_.>', '_REPLY.>',
    ...whos.flatMap((who) => tails.map((tail) => `usher.v1.server.${who}.${tail}`)),
  ];
  while (subjects.length < 200) subjects.push(`usher.v1.server.${b.acctPub}.${'abcdefgh'[between(random, 0, 7)]}${between(random, 0, 1_000_000)}.>`);
  return [...new Set(subjects)];
}

await runBar('B12', (bar) =>
  inWorld(async (world) => {
    const random = seededRandom(bar.seed);
    const [first, second] = [await world.register('jellyfin', 'Attic'), await world.register('jellyfin', 'Cabin')];
    const [a, b] = [await stealAgent(world, first.id), await stealAgent(world, second.id)];
    const playing = second.simulator.control.startPlayback();
    const before = second.simulator.requests.length;
    const subjects = foreignSubjects(a, b, random);

    // the broker ends a login that asks too often, so each part has a connection of its own
    let delivered = 0;
    let refused = 0;
    for (const queue of ['', 'controller']) {
      for (let from = 0; from < subjects.length; from += 15) {
        const thief = await connectAs(world, a);
        for (const subject of subjects.slice(from, from + 15)) thief.subscribe(subject, queue);
        await thief.flush();
        if (from % 60 === 0) {
          await world.operator.ask('mutation ($input: SendSessionNoticeInput!) { sendSessionNotice(input: $input) }', { input: { sessionId: `${b.serverId}:${playing.sessionId}`, text: 'hello' } });
          playing.pause();
          playing.resume();
          await thief.flush();
        }
        refused += thief.errors.filter((text) => /Permissions Violation/i.test(text)).length;
        delivered += thief.messages.length;
        thief.close();
      }
    }
    bar.check('subscriptions.delivered', `${delivered} of ${subjects.length * 2}`, 0, delivered === 0);
    bar.check('subscriptions.refused', refused, `${subjects.length * 2}`, refused === subjects.length * 2);

    const noticesBefore = playing.messages.length;
    const publisher = await connectAs(world, a);
    const targets = subjects.filter((subject) => !/[*>]/.test(subject));
    for (const subject of targets) publisher.publish(subject, '{"v":1}');
    await publisher.flush();
    bar.check('publications.refused', publisher.errors.filter((text) => /Permissions Violation/i.test(text)).length, targets.length, publisher.errors.length === targets.length);

    // the deputy: a subject that A may use, with an answer that would land on B's orders
    const replies = [a, b].flatMap(({ serverId, acctPub }) => COMMANDS.flatMap((name) => [`usher.v1.server.${serverId}.cmd.${name}`, `usher.v1.server.${acctPub}.cmd.${name}`]));
    for (const reply of replies) {
      publisher.publish(`usher.v1.server.${a.serverId}.fact.spool.appended`, '{"spoolEpoch":"x","first":1,"facts":[]}', reply);
      publisher.publish(`usher.v1.server.${a.serverId}.ask.agent.hello`, '{}', reply);
    }
    await publisher.flush();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    publisher.close();
    const written = second.simulator.requests.slice(before).filter(({ method }) => method !== 'GET').length;
    bar.check('B15.executed-at-b', playing.messages.length - noticesBefore, `0 of ${replies.length * 2}`, playing.messages.length === noticesBefore);
    bar.check('b.changing-requests', written, noticesBefore, written === noticesBefore);
    bar.check('both.still-online', `${(await world.stateOf(first.id)).state} ${(await world.stateOf(second.id)).state}`, 'ONLINE ONLINE', (await world.stateOf(second.id)).state === 'ONLINE');
  }),
);
