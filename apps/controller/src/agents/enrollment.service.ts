import { Injectable } from '@nestjs/common';
import { AppError, Uuid7, uuidv7, type AgentConfig, type TrustedKey } from '@usher/contracts';
import { isUniqueViolation, transaction } from '@usher/database';
import { sha256, verifyEnrollmentProof } from '@usher/security';
import { Pool } from 'pg';
import { z } from 'zod';
import { ChangeHub } from '../graphql/changes.js';
import { ActiveAgents } from './active-agents.js';
import { AgentSettingsService } from './agent-settings.service.js';
import { AgentsRepository } from './agents.repository.js';
import { BusAccountsService } from './bus-accounts.service.js';
import { EnrollmentNonces } from './enrollment-nonces.js';

const publicKey = <Curve extends string>(crv: Curve) =>
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal(crv), x: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });

export const ChallengeRequest = z.strictObject({ tokenId: Uuid7 });

export const EnrollRequest = z.strictObject({
  tokenId: Uuid7,
  secret: z.string().min(1).max(200),
  nkeyPub: z.string().regex(/^U[A-Z2-7]{55}$/),
  sigPub: publicKey('Ed25519'),
  boxPub: publicKey('X25519'),
  nonce: z.string().max(128),
  sig: z.string().max(200),
});
export type EnrollRequest = z.infer<typeof EnrollRequest>;

export interface EnrollAnswer {
  readonly agentId: string;
  readonly serverId: string;
  readonly userJwt: string;
  readonly brokerUrls: string[];
  readonly keys: TrustedKey[];
  readonly fleetEpoch: number;
  readonly generation: 1;
  readonly config: AgentConfig;
  /** Sealed to the box key of the request; null while no credential is stored. */
  readonly credential: string | null;
}

/** One sentence for every reason: whoever guesses learns nothing. */
function refused(reason: 'nonce' | 'token'): AppError {
  return new AppError('ENROLLMENT_REFUSED', 'The enrollment was refused.', { reason });
}

/** Redeems an enrollment token: a new agent with an account of its own takes over one server. */
@Injectable()
export class EnrollmentService {
  constructor(
    private readonly pool: Pool,
    private readonly agents: AgentsRepository,
    private readonly accounts: BusAccountsService,
    private readonly settings: AgentSettingsService,
    private readonly nonces: EnrollmentNonces,
    private readonly directory: ActiveAgents,
    private readonly changes: ChangeHub,
  ) {}

  /** The answer is the same whether or not the token exists. */
  challenge({ tokenId }: z.infer<typeof ChallengeRequest>): { nonce: string } {
    return { nonce: this.nonces.issue(tokenId) };
  }

  /**
   * The account is made and known to the broker before the token is consumed, so that a broker that is away
   * leaves the token usable. An agent that spoke for this server before is revoked in the same transaction.
   * @throws ENROLLMENT_REFUSED with `reason` nonce, proof, keys or token
   */
  async enroll(request: EnrollRequest): Promise<EnrollAnswer> {
    if (!this.nonces.take(request.tokenId, request.nonce)) throw refused('nonce');
    verifyEnrollmentProof(request, request.sig);
    const secretSha256 = sha256(request.secret);
    const serverId = await this.agents.tokenServer(request.tokenId, secretSha256);
    if (!serverId) throw refused('token');
    const agentId = uuidv7();
    const { acctPub, accountJwt, userJwt } = await this.accounts.open({ serverId, agentId, nkeyPub: request.nkeyPub });
    let settled: { config: AgentConfig; credential: string | null; former: string[] };
    try {
      settled = await transaction(this.pool, async (tx) => {
        if (!(await this.agents.consumeToken(tx, request.tokenId, secretSha256, agentId))) throw refused('token');
        const former = await this.agents.revokeOf(serverId, tx);
        await this.agents.insert(tx, { agentId, serverId, acctPub, accountJwt, nkeyPub: request.nkeyPub, sigPub: request.sigPub, boxPub: request.boxPub });
        return { ...(await this.settings.settingsFor(tx, serverId, request.boxPub)), former };
      });
    } catch (error) {
      await this.accounts.close(acctPub);
      // Another enrollment of this server was faster, or the server was removed meanwhile.
      const isLate = isUniqueViolation(error, 'agent_one_active') || (error instanceof AppError && error.code === 'NOT_FOUND');
      throw isLate ? refused('token') : error;
    }
    await this.directory.refresh();
    this.changes.publish('agent', [agentId]);
    for (const former of settled.former) await this.accounts.close(former);
    const { keys, fleetEpoch, brokerUrls } = this.settings.fleetTerms();
    return { agentId, serverId, userJwt, brokerUrls, keys, fleetEpoch, generation: 1, config: settled.config, credential: settled.credential };
  }
}
