import path from 'node:path';
import { AppError, TrustedKey, Uuid7 } from '@usher/contracts';
import { z } from 'zod';
import { StateFile } from '../storage/state-file.js';

const IdentityFile = z.strictObject({
  agentId: Uuid7,
  serverId: Uuid7,
  /** Says which account the login key belongs to; worth nothing without that key. */
  userJwt: z.string().min(1).max(16_384),
  generation: z.number().int().positive(),
  keys: z.array(TrustedKey).min(1).max(50),
  /** Told by the first hello. */
  fleetId: z.uuid().nullable().default(null),
});
type IdentityFile = z.infer<typeof IdentityFile>;

/** Who this agent is, as the controller said at enrollment, and whose commands it takes. */
export class AgentIdentity {
  private constructor(
    private readonly file: StateFile<typeof IdentityFile>,
    private current: IdentityFile,
  ) {}

  static async create(folder: string, identity: z.input<typeof IdentityFile>): Promise<void> {
    await fileIn(folder).write(identity);
  }

  /** @throws AppError INTERNAL when the file is missing or damaged */
  static async open(folder: string): Promise<AgentIdentity> {
    const file = fileIn(folder);
    const identity = await file.read();
    if (!identity) throw new AppError('INTERNAL', 'This folder holds no agent.', { file: 'identity.json', reason: 'missing' });
    return new AgentIdentity(file, identity);
  }

  get agentId(): string {
    return this.current.agentId;
  }

  get serverId(): string {
    return this.current.serverId;
  }

  get userJwt(): string {
    return this.current.userJwt;
  }

  get keys(): readonly TrustedKey[] {
    return this.current.keys;
  }

  /** Null before the first `hello`. */
  get fleetId(): string | null {
    return this.current.fleetId;
  }

  /** The keys and the fleet of the last `hello`; an empty list would lock everybody out and is not taken. */
  async trust(keys: readonly TrustedKey[], fleetId: string): Promise<void> {
    const next = { ...this.current, fleetId, ...(keys.length > 0 && { keys: [...keys] }) };
    if (JSON.stringify(next) === JSON.stringify(this.current)) return;
    this.current = next;
    await this.file.write(next);
  }
}

function fileIn(folder: string): StateFile<typeof IdentityFile> {
  return new StateFile(path.join(folder, 'identity.json'), IdentityFile);
}
