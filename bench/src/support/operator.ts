import { createClient, type Client } from 'graphql-ws';
import type { Stack } from '@usher/testing';
import { WebSocket } from 'ws';

export const PASSWORD = 'a measured and quite long password';

interface GraphqlAnswer<T> {
  readonly data?: T | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string; readonly details?: unknown } }[];
}

/** An answer of the API as it came, refusals included. */
export interface Answer<T> {
  readonly status: number;
  readonly text: string;
  readonly data: T | null;
  /** Code of the first error. */
  readonly code: string | null;
}

/** A person at the API of a stack; `token` null: nobody is signed in. */
export class Operator {
  constructor(
    readonly url: string,
    readonly token: string | null,
  ) {}

  /** The first superadmin, signed in with the one-time code. */
  static async first(stack: Stack, name = 'bench'): Promise<Operator> {
    const input = { code: await stack.signInCode(), name, password: PASSWORD, returnToken: true };
    const nobody = new Operator(stack.url, null);
    const { createFirstOperator } = await nobody.ask<{ createFirstOperator: { token: string } }>(
      'mutation ($input: CreateFirstOperatorInput!) { createFirstOperator(input: $input) { token } }',
      { input },
    );
    return new Operator(stack.url, createFirstOperator.token);
  }

  async send<T>(query: string, variables: object = {}): Promise<Answer<T>> {
    return this.post(JSON.stringify({ query, variables }));
  }

  /** Any body, as it is. */
  async post<T>(body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer<T>> {
    const authorization: Record<string, string> = this.token === null ? {} : { authorization: `Bearer ${this.token}` };
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...authorization, ...headers }, body });
    const text = await response.text();
    const answer = parse<T>(text);
    return { status: response.status, text, data: answer.data ?? null, code: answer.errors?.[0]?.extensions?.code ?? null };
  }

  /** @throws with the answer when it is an error */
  async ask<T>(query: string, variables: object = {}): Promise<T> {
    const answer = await this.send<T>(query, variables);
    if (answer.data === null || answer.code !== null) throw new Error(`the API answered ${answer.status}: ${answer.text.slice(0, 500)}`);
    return answer.data;
  }

  connect(): Client {
    return createClient({ url: `${this.url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams: { token: this.token }, retryAttempts: 0 });
  }
}

function parse<T>(text: string): GraphqlAnswer<T> {
  try {
    return JSON.parse(text) as GraphqlAnswer<T>;
  } catch {
    return {}; // not GraphQL's: the caller sees status and text
  }
}
