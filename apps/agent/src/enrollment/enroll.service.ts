import { AgentConfig, AppError, fromWireError, TrustedKey, Uuid7, WireError } from '@usher/contracts';
import { enrollmentProof, parseEnrollmentToken, type AgentKeys, type Secret } from '@usher/security';
import { z } from 'zod';
import { parseJson } from '../storage/state-file.js';

const CALL_TIMEOUT_MS = 6_000;
const MAX_ANSWER_CHARS = 256 * 1024;

const Challenge = z.object({ nonce: z.string().min(1).max(200) });
const Enrolled = z.object({
  agentId: Uuid7,
  serverId: Uuid7,
  userJwt: z.string().max(16_384),
  keys: z.array(TrustedKey),
  generation: z.number().int().positive(),
  config: AgentConfig,
  /** Null while the controller stores none; it then comes with `server.configure`. */
  credential: z.string().max(64_000).nullable(),
});
export type Enrolled = z.infer<typeof Enrolled>;

/** Redeems an enrollment token at the controller (security 3.2). */
export class EnrollService {
  /** @param controllerUrl where this process reaches the controller; null = where the token says */
  constructor(
    private readonly controllerUrl: string | null,
    private readonly send: typeof fetch = fetch,
  ) {}

  /**
   * @throws AppError ENROLLMENT_REFUSED for a token that is used, old or not for this server, and what the controller
   *   answers; AGENT_TIMEOUT when it cannot be reached
   */
  async enroll(token: Secret, serverId: string, keys: AgentKeys): Promise<Enrolled> {
    const { u, p: pins, i: tokenId, secret } = parseEnrollmentToken(token.reveal());
    if (pins.length > 0) {
      throw new AppError('ENROLLMENT_REFUSED', 'A token that names a certificate is for a remote agent, not for the bundled agent host.', { reason: 'pins' });
    }
    const base = `${(this.controllerUrl ?? u).replace(/\/+$/, '')}/agents/enroll`;
    const { nonce } = await this.post(`${base}/challenge`, { tokenId }, Challenge);
    const claim = { tokenId, secret, nkeyPub: keys.nkeyPub, sigPub: keys.sigPub, boxPub: keys.boxPub, nonce, sig: enrollmentProof(keys, { tokenId, nonce }) };
    const enrolled = await this.post(base, claim, Enrolled);
    if (enrolled.serverId !== serverId) throw new AppError('ENROLLMENT_REFUSED', 'The token is for another server.', { reason: 'server' });
    return enrolled;
  }

  private async post<S extends z.ZodType>(url: string, body: object, schema: S): Promise<z.output<S>> {
    const { ok, text } = await this.call(url, body);
    const json = parseJson(text);
    if (!ok) {
      const refusal = WireError.safeParse(json);
      throw refusal.success ? fromWireError(refusal.data) : new AppError('ENROLLMENT_REFUSED', 'The controller refused the enrollment.');
    }
    const parsed = schema.safeParse(json);
    if (!parsed.success) throw new AppError('MESSAGE_INVALID', 'The controller answered the enrollment with something unexpected.');
    return parsed.data;
  }

  private async call(url: string, body: object): Promise<{ ok: boolean; text: string }> {
    try {
      const response = await this.send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(body),
        redirect: 'manual',
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
      const text = await response.text();
      return { ok: response.ok, text: text.slice(0, MAX_ANSWER_CHARS) };
    } catch (cause) {
      throw new AppError('AGENT_TIMEOUT', 'The agent host could not reach the controller to enroll; check USHER_CONTROLLER_URL.', { reason: 'controller-unreachable' }, { cause });
    }
  }
}
