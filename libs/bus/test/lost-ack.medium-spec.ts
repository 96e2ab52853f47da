import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Msg } from '@nats-io/transport-node';
import { hubSubjects, parseHubSubject, uuidv7 } from '@usher/contracts';
import { HubConnection } from '@usher/bus';
import { mintHubUser, signCommand } from '@usher/security';
import { eventually } from '@usher/testing';
import { TestFleet, logger } from './fleet-harness.js';

let fleet: TestFleet;
/** A controller that loses the first copy of each ack. */
let forgetful: HubConnection;
const acks: { part: string; message: Msg }[] = [];

beforeAll(async () => {
  fleet = await TestFleet.start();
  forgetful = await HubConnection.connect({ url: fleet.nats.url, creds: await mintHubUser(fleet.ring, 'controller'), service: 'controller', logger });
  forgetful.subscribe(hubSubjects.acks('controller', forgetful.processId), (message) => {
    const part = message.string();
    const isFirst = !acks.some((ack) => ack.part === part);
    acks.push({ part, message });
    if (!isFirst) forgetful.respond(message, '{"ok":true}');
  });
  await forgetful.flush();
});
afterAll(async () => {
  await forgetful.close();
  await fleet.close();
});

describe('an ack that is lost', () => {
  it('is repeated until it is confirmed, and the command ran once', async () => {
    let runs = 0;
    const agent = await fleet.addAgent({ dispatch: async () => (runs++, {}) });
    const iat = Math.floor(Date.now() / 1000);
    const id = uuidv7();
    const text = await signCommand(fleet.ring.commandKey('controller'), {
      v: 1,
      id,
      iss: 'controller',
      aud: agent.agentId,
      sid: agent.serverId,
      iat,
      exp: iat + 30,
      op: 'session.stop@1',
      args: { sessionVendorId: 's', reason: null },
      fence: { n: 'fleet', e: 1 },
      to: { service: 'controller', process: forgetful.processId },
    });
    forgetful.publish(hubSubjects.command(agent.acctPub, 'session.stop'), text);
    await eventually(() => agent.journal.acknowledgedIds.includes(id));
    const results = acks.filter(({ part }) => part.includes('"last":true'));
    expect(results).toHaveLength(2);
    expect(results.map(({ message }) => parseHubSubject(message.subject)?.rest.at(-1))).toEqual([id, id]);
    expect(runs).toBe(1);
  });
});
