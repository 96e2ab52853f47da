import { createClient, type Client } from 'graphql-ws';
import { eventually, type Simulator, type Stack } from '@usher/testing';
import { WebSocket } from 'ws';

interface Answer<T> {
  readonly data?: T | null;
  readonly errors?: { message: string; extensions: { code: string; family?: string; next?: string; correlationId?: string } }[];
}

/** A code and its sentence, as the API answers it. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly extensions: Record<string, unknown>,
  ) {
    super(`${code}: ${message}`);
  }
}

export const PASSWORD = 'correct horse battery staple';

/** A person at the API. */
export class Operator {
  private constructor(
    readonly url: string,
    readonly token: string | null,
  ) {}

  static nobody(url: string): Operator {
    return new Operator(url, null);
  }

  /** Signs the first superadmin in with the one-time code. */
  static async first(stack: Stack, name = 'sam'): Promise<Operator> {
    const input = { code: await stack.signInCode(), name, password: PASSWORD, returnToken: true };
    const { createFirstOperator } = await Operator.nobody(stack.url).ask<{ createFirstOperator: { token: string } }>(
      'mutation ($input: CreateFirstOperatorInput!) { createFirstOperator(input: $input) { token } }',
      { input },
    );
    return new Operator(stack.url, createFirstOperator.token);
  }

  static async byPassword(url: string, name: string): Promise<Operator> {
    const { signIn } = await Operator.nobody(url).ask<{ signIn: { token: string } }>('mutation ($input: SignInInput!) { signIn(input: $input) { token } }', { input: { name, password: PASSWORD, returnToken: true } });
    return new Operator(url, signIn.token);
  }

  /** @throws ApiError with the first error */
  async ask<T>(query: string, variables: object = {}): Promise<T> {
    const headers = { 'content-type': 'application/json', ...(this.token ? { authorization: `Bearer ${this.token}` } : {}) };
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = (await response.json()) as Answer<T>;
    if (errors?.[0]) throw new ApiError(errors[0].extensions.code, errors[0].message, errors[0].extensions);
    return data as T;
  }

  /** Follows a subscription; `close` ends it. */
  follow<T>(query: string, onData: (data: T) => void, variables: Record<string, unknown> = {}): { client: Client; close(): Promise<void> } {
    const client = createClient({
      url: `${this.url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { token: this.token },
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
    });
    client.subscribe<T>({ query, variables }, { next: ({ data }) => data && onData(data), error: () => undefined, complete: () => undefined });
    return { client, close: async () => client.dispose() };
  }

  async register(simulator: Simulator, alias: string, more: object = {}): Promise<string> {
    const input = { idempotencyKey: crypto.randomUUID(), alias, url: simulator.url, token: simulator.adminKey, ...more };
    const { registerServer } = await this.ask<{ registerServer: { server: { id: string } } }>('mutation ($input: RegisterServerInput!) { registerServer(input: $input) { server { id } } }', { input });
    return registerServer.server.id;
  }

  async server(id: string): Promise<ServerRow> {
    return (await this.ask<{ server: ServerRow }>(`query ($id: ID!) { server(id: $id) { ${SERVER_FIELDS} } }`, { id })).server;
  }

  async untilState(id: string, state: string): Promise<ServerRow> {
    return eventually(
      async () => {
        const server = await this.server(id);
        if (server.state !== state) throw new Error(`${server.alias} is ${server.state} (${server.stateCode ?? '–'} ${server.stateReason ?? ''}), not ${state}`);
        return server;
      },
      { timeoutMs: 60_000, everyMs: 250 },
    );
  }

  async sessions(): Promise<ServerSessions[]> {
    return (await this.ask<{ sessions: ServerSessions[] }>(`{ sessions { ${SESSIONS_FIELDS} } }`)).sessions;
  }

  /** All playbacks of the ledger, newest first. */
  async ledger(): Promise<Playback[]> {
    const { playbacks } = await this.ask<{ playbacks: { edges: { node: Playback }[] } }>('{ playbacks(first: 200) { edges { node { id serverId title userName startedAt endedAt watchedMs pauses delivery } } } }');
    return playbacks.edges.map(({ node }) => node);
  }
}

export interface ServerRow {
  readonly id: string;
  readonly alias: string;
  readonly state: string;
  readonly stateCode: string | null;
  readonly stateReason: string | null;
  readonly stale: boolean;
  readonly readOnly: boolean;
  readonly version: string | null;
  readonly userCount: number | null;
  readonly libraries: { name: string; itemCount: number | null }[];
}
const SERVER_FIELDS = 'id alias state stateCode stateReason stale readOnly version userCount libraries { name itemCount }';

export interface ServerSessions {
  readonly serverId: string;
  readonly seq: number;
  readonly stale: boolean;
  readonly sessions: { id: string; userName: string | null; item: { title: string } | null; flags: { mismatchId: string; text: string }[]; stream: { playbackId: string; state: string; delivery: string; positionMs: number } | null }[];
}
export const SESSIONS_FIELDS = 'serverId seq stale sessions { id userName item { title } flags { mismatchId text } stream { playbackId state delivery positionMs } }';

export interface Playback {
  readonly id: string;
  readonly serverId: string;
  readonly title: string;
  readonly userName: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly watchedMs: number;
  readonly pauses: number;
  readonly delivery: string;
}
