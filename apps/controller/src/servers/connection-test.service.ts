import { Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, describeHost, testServer, type ConnectionTestPlain, type ConnectionTestResult, type ServerKind, type TlsOptions } from '@usher/contracts';
import { sealTo, type JWK, type Secret } from '@usher/security';

export interface ConnectionToTest {
  readonly url: string;
  readonly token: Secret;
  /** null = find out. */
  readonly kind: ServerKind | null;
  readonly tls: TlsOptions;
}

/** Tests addresses and keys through the bundled agent host; the controller itself never calls a media server. */
@Injectable()
export class ConnectionTestService {
  constructor(private readonly bus: HubBus) {}

  /**
   * Asks the host for its box key and tests one address.
   * @throws AGENT_OFFLINE, AGENT_TIMEOUT when the host does not answer; a failed test is an answer, no error
   */
  async test(connection: ConnectionToTest): Promise<ConnectionTestResult> {
    return this.testSealedTo(await this.hostKey(), connection);
  }

  /** Asked once for a whole import, so that a host that is away is one error and not a thousand. */
  async hostKey(): Promise<JWK> {
    const { boxKey } = await this.bus.serviceCommand(describeHost, {});
    return boxKey as JWK;
  }

  async testSealedTo(hostKey: JWK, { url, token, kind, tls }: ConnectionToTest): Promise<ConnectionTestResult> {
    const plain: ConnectionTestPlain = { url, token: token.reveal(), vendor: kind, tls };
    return this.bus.serviceCommand(testServer, { sealed: await sealTo(hostKey, plain) });
  }
}

/** Refuses what may not be saved, with the code and reason of the test. */
export function refuse(result: Extract<ConnectionTestResult, { ok: false }>): AppError {
  return new AppError(result.code, result.message, {
    ...(result.reason !== null && { reason: result.reason }),
    ...(result.tlsProblem !== null && { tlsProblem: result.tlsProblem }),
    ...(result.retryAfterMs !== null && { retryAfterMs: result.retryAfterMs }),
  });
}
