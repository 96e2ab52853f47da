import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, credsAuthenticator, headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { hubSubjects } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import type { HubService } from '@usher/security';
import { brokerOptions, checkBrokerVersion, placesOf, type BrokerAddress } from './broker-address.js';

/** A machine that has just been started, or has much else to do, takes its time. */
const FIRST_CONNECT_MS = 60_000;
const FIRST_CONNECT_PAUSE_MS = 250;

/**
 * The broker may still be starting when a service does.
 * @throws an error that says what was waited for, when nobody answers in time; else the client's own
 */
export async function connectWithin(options: Parameters<typeof connect>[0], limitMs = FIRST_CONNECT_MS): Promise<NatsConnection> {
  const giveUpAt = Date.now() + limitMs;
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      if (!isNotThereYet(error as Error)) throw error;
      if (Date.now() + FIRST_CONNECT_PAUSE_MS >= giveUpAt) throw noAnswer(options?.servers ?? [], limitMs, error as Error);
      await delay(FIRST_CONNECT_PAUSE_MS);
    }
  }
}

function noAnswer(servers: string | readonly string[], limitMs: number, cause: Error): Error {
  const hint = 'look whether the broker runs, whether USHER_NATS_URL names it, and how busy this machine is';
  return new Error(`the broker at ${placesOf(servers)} did not answer within ${Math.round(limitMs / 1_000)} s (${cause.message}); ${hint}`, { cause });
}

/** A refused login or a broker without TLS does not become better by waiting. */
function isNotThereYet(error: Error & { code?: string }): boolean {
  return error.message === 'connection refused' || error.name === 'TimeoutError' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN';
}

/** Tells each change of the link once; `close` is the last. */
export async function followStatus(connection: NatsConnection, onChange: (connected: boolean) => void, onError: (error: Error) => void): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'reconnect') onChange(true);
    else if (status.type === 'disconnect' || status.type === 'close') onChange(false);
    else if (status.type === 'error') onError(status.error);
  }
}

/** The link of one process of a service to the hub. Reconnects for ever once it was connected. */
export class HubConnection {
  /** Names this process in subjects: results of its commands come back to it. */
  readonly processId = randomBytes(8).toString('hex');
  #connected = true;
  readonly #listeners = new Set<(connected: boolean) => void>();

  private constructor(
    readonly service: HubService,
    private readonly nats: NatsConnection,
    private readonly logger: Logger,
  ) {
    void followStatus(nats, (connected) => this.changed(connected), (error) => logger.warn('bus.failed', 'The broker reported a problem.', { error }));
  }

  /**
   * Waits up to a minute for the broker. `creds` is the text of a .creds file.
   * @throws AppError `BROKER_TOO_OLD`; the client's own error when the broker refuses the login; else what `connectWithin` says
   */
  static async connect(options: BrokerAddress & { creds: string; service: HubService; logger: Logger }): Promise<HubConnection> {
    const nats = await connectWithin({
      ...brokerOptions(options),
      name: `usher-${options.service}`,
      inboxPrefix: hubSubjects.inboxPrefix(options.service),
      authenticator: credsAuthenticator(new TextEncoder().encode(options.creds)),
    });
    try {
      const warning = checkBrokerVersion(nats.info?.version ?? '0', options.url);
      if (warning !== null) options.logger.warn('broker.outdated', warning, { version: nats.info?.version });
    } catch (error) {
      await nats.close();
      throw error;
    }
    return new HubConnection(options.service, nats, options.logger);
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Version of the broker, such as `2.9.10`. */
  get brokerVersion(): string {
    return this.nats.info?.version ?? 'unknown';
  }

  /** Returns the function that ends it. */
  onStatus(listener: (connected: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Gives each message to the callback; `queue`: only one process of that group gets it. */
  subscribe(subject: string, onMessage: (message: Msg) => void, queue?: string): () => void {
    const subscription = this.nats.subscribe(subject, {
      ...(queue !== undefined && { queue }),
      callback: (error, message) => {
        if (error) this.logger.error('bus.refused', 'The broker refused a subscription.', { subject, error });
        else onMessage(message);
      },
    });
    return () => subscription.unsubscribe();
  }

  /** Nothing is kept for later: while the link is down the message is dropped, and `false` says so. */
  publish(subject: string, payload: string, hints = headers()): boolean {
    if (!this.#connected) return false;
    this.nats.publish(subject, payload, { headers: hints });
    return true;
  }

  request(subject: string, payload: string, timeoutMs: number, hints = headers()): Promise<Msg> {
    return this.nats.request(subject, payload, { timeout: timeoutMs, headers: hints });
  }

  /** Answers the reply subject of a message; the caller has looked at it. */
  respond(message: Msg, payload: string): void {
    if (!this.nats.isClosed()) message.respond(payload);
  }

  /** Resolves when the broker has seen everything sent so far. */
  flush(): Promise<void> {
    return this.nats.flush();
  }

  async close(): Promise<void> {
    if (this.nats.isClosed()) return;
    await (this.#connected ? this.nats.drain() : this.nats.close());
  }

  private changed(connected: boolean): void {
    if (connected === this.#connected) return;
    this.#connected = connected;
    this.logger[connected ? 'info' : 'warn'](connected ? 'bus.connected' : 'bus.disconnected', connected ? 'Connected to the broker again.' : 'Lost the broker.');
    for (const listener of this.#listeners) listener(connected);
  }
}
