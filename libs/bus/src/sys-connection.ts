import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { AppError } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import { mintAccountDeletion, mintCanaryUser, parseLimitedJson, readAccount, type KeyRing } from '@usher/security';
import { z } from 'zod';
import { brokerOptions, type BrokerAddress } from './broker-address.js';
import { connectWithin, followStatus } from './hub-connection.js';

const ANSWER_WITHIN_MS = 15_000;
const CANARY_NAME = 'usher-canary';

const ResolverAnswer = z.object({
  data: z.object({ code: z.number() }).optional(),
  error: z.object({ code: z.number().optional(), description: z.string().optional() }).optional(),
});

const LinkEvent = z.object({ client: z.object({ acc: z.string(), id: z.number(), name: z.string().optional() }) });

type PresenceListener = (acctPub: string, connected: boolean) => void;

export interface SysConnectionOptions extends BrokerAddress {
  creds: string;
  ring: KeyRing;
  logger: Logger;
}

/** The login to the broker's own account: makes and removes agents' accounts, and sees their links come and go. */
export class SysConnection {
  private readonly links = new Map<string, Set<number>>();
  private readonly listeners = new Set<PresenceListener>();
  /** Put back when a newer one turns out to let nobody in. */
  private readonly lastGood = new Map<string, string>();

  private constructor(
    private readonly nats: NatsConnection,
    private readonly options: SysConnectionOptions,
  ) {
    for (const isThere of [true, false]) {
      nats.subscribe(`$SYS.ACCOUNT.*.${isThere ? 'CONNECT' : 'DISCONNECT'}`, {
        callback: (error, message) => {
          if (error) options.logger.error('bus.refused', 'The broker refused to tell of links.', { error });
          else this.linkChanged(message.data, isThere);
        },
      });
    }
    // Events of a gap are lost: forget the count, so that the next end of a link is believed.
    void followStatus(nats, () => this.links.clear(), (error) => options.logger.warn('bus.failed', 'The broker reported a problem.', { error }));
  }

  static async connect(options: SysConnectionOptions): Promise<SysConnection> {
    const nats = await connectWithin({
      ...brokerOptions(options),
      name: 'usher-presence',
      inboxPrefix: '_INBOX.presence',
      authenticator: credsAuthenticator(new TextEncoder().encode(options.creds)),
    });
    const connection = new SysConnection(nats, options);
    await nats.flush();
    return connection;
  }

  /**
   * Makes the broker know an account, or a new version of it. The broker itself stores even a wrongly signed one and then
   * loses the account at its next start, so the signature is checked before, and a login is tried after.
   * @throws AppError `KEYRING_MISMATCH` for an account of another fleet; `INTERNAL` when the broker refuses it or lets nobody in
   */
  async pushAccount(jwt: string): Promise<void> {
    const { acctPub, isRevoked } = readAccount(this.options.ring, jwt);
    await this.tell('$SYS.REQ.CLAIMS.UPDATE', jwt, acctPub);
    if (isRevoked) return;
    try {
      await this.tryLogin(acctPub);
    } catch (error) {
      const before = this.lastGood.get(acctPub);
      if (before !== undefined) await this.tell('$SYS.REQ.CLAIMS.UPDATE', before, acctPub);
      throw new AppError('INTERNAL', 'The broker took an account but lets nobody in.', { acctPub }, { cause: error });
    }
    this.lastGood.set(acctPub, jwt);
  }

  /** Ends every link of the account and forgets it. */
  async deleteAccount(acctPub: string): Promise<void> {
    await this.tell('$SYS.REQ.CLAIMS.DELETE', await mintAccountDeletion(this.options.ring, acctPub), acctPub);
    this.lastGood.delete(acctPub);
  }

  /** Tells when an account's link came, and when its last one has gone. Returns the function that ends it. */
  onPresence(listener: PresenceListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    await this.nats.close();
  }

  private async tell(subject: string, payload: string, acctPub: string): Promise<void> {
    const reply = await this.nats.request(subject, payload, { timeout: ANSWER_WITHIN_MS }).catch((error: unknown) => {
      throw new Error(`the broker did not say within ${ANSWER_WITHIN_MS / 1_000} s whether it took the account ${acctPub}`, { cause: error });
    });
    const answer = ResolverAnswer.parse(parseLimitedJson(reply.data));
    if (answer.data?.code === 200) return;
    this.options.logger.error('account.refused', 'The broker refused an account.', { acctPub, answer: answer.error?.description });
    throw new AppError('INTERNAL', 'The broker refused an account.', { acctPub });
  }

  private async tryLogin(acctPub: string): Promise<void> {
    const creds = await mintCanaryUser(this.options.ring, acctPub);
    const canary = await connect({
      ...brokerOptions(this.options),
      reconnect: false,
      name: CANARY_NAME,
      inboxPrefix: '_INBOX.canary',
      authenticator: credsAuthenticator(new TextEncoder().encode(creds)),
    });
    await canary.close();
  }

  private linkChanged(data: Uint8Array, isThere: boolean): void {
    const event = LinkEvent.safeParse(parseLimitedJson(data));
    if (!event.success || event.data.client.name === CANARY_NAME) return;
    const { acc, id } = event.data.client;
    const links = this.links.get(acc) ?? new Set<number>();
    if (isThere) this.links.set(acc, links.add(id));
    else if (links.delete(id) && links.size > 0) return;
    else this.links.delete(acc);
    for (const listener of this.listeners) listener(acc, isThere);
  }
}
