import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql/language/printer.js';
import { CliError } from './errors.js';

interface GraphqlError {
  readonly message: string;
  readonly extensions?: { code?: string; next?: string; correlationId?: string; details?: { serverId?: string; field?: string; retryAfterMs?: number; candidates?: string[] } };
}

export interface ClientOptions {
  readonly url: string;
  readonly token?: string;
  readonly timeoutMs: number;
}

/** The control plane as the CLI sees it: GraphQL and nothing else. */
export class UsherClient {
  constructor(private readonly options: ClientOptions) {}

  /** Sends one operation. Throws `CliError` with the server's code, or `UNREACHABLE` when nothing answers. */
  async run<Data, Variables extends object>(document: TypedDocumentNode<Data, Variables>, variables: Variables, timeoutMs = this.options.timeoutMs): Promise<Data> {
    const response = await this.post(JSON.stringify({ query: print(document), variables }), timeoutMs);
    const body = (await response.json().catch(() => null)) as { data?: Data; errors?: GraphqlError[] } | null;
    const error = body?.errors?.[0];
    if (error) throw asCliError(error);
    if (!body?.data) throw new CliError('UNREACHABLE', `${this.options.url} answered ${response.status}, but not as Usher does.`, { next: 'Check the address: usher auth login --url URL' });
    return body.data;
  }

  /** Follows a subscription until `signal` aborts; reconnects by itself. */
  async follow<Data, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    signal: AbortSignal,
    onData: (data: Data) => void,
  ): Promise<void> {
    const [{ createClient }, { WebSocket }] = await Promise.all([import('graphql-ws'), import('ws')]);
    const client = createClient({
      url: this.endpoint().replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { token: this.options.token },
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
    });
    try {
      await new Promise<void>((resolve, reject) => {
        const stop = client.subscribe<Data>(
          { query: print(document), variables },
          {
            next: (result) => {
              const error = result.errors?.[0];
              if (error) reject(asCliError(error as GraphqlError));
              else if (result.data) onData(result.data);
            },
            error: (error) => reject(Array.isArray(error) ? asCliError(error[0] as GraphqlError) : new CliError('UNREACHABLE', `The live connection to ${this.options.url} broke.`)),
            complete: resolve,
          },
        );
        signal.addEventListener('abort', stop, { once: true });
      });
    } finally {
      await client.dispose();
    }
  }

  private endpoint(): string {
    return `${this.options.url.replace(/\/+$/, '')}/graphql`;
  }

  private async post(body: string, timeoutMs: number): Promise<Response> {
    const headers: Record<string, string> = { 'content-type': 'application/json', 'apollo-require-preflight': 'true' };
    if (this.options.token) headers['authorization'] = `Bearer ${this.options.token}`;
    try {
      return await fetch(this.endpoint(), { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
    } catch (error) {
      const { cause: reason, name } = error as Error & { cause?: { code?: string; message?: string } };
      const cause = reason?.code ?? reason?.message ?? name;
      const late = cause === 'TimeoutError';
      throw new CliError('UNREACHABLE', late ? `${this.options.url} did not answer within ${timeoutMs / 1000} s.` : `${this.options.url} cannot be reached (${cause}).`, {
        next: late ? 'Try again, or allow more time with --timeout.' : 'Check that Usher runs there, or name another address with --url.',
      });
    }
  }
}

function asCliError(error: GraphqlError): CliError {
  const extensions = error.extensions ?? {};
  const code = extensions.code ?? 'INTERNAL';
  const next = code === 'UNAUTHENTICATED' ? 'Sign in:  usher auth login' : extensions.next;
  const why = extensions.details?.candidates;
  return new CliError(code, error.message, { next, why, correlationId: extensions.correlationId, serverId: extensions.details?.serverId, path: extensions.details?.field });
}
