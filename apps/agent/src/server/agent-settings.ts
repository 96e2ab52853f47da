import path from 'node:path';
import { AgentConfig, AppError, CredentialPlain } from '@usher/contracts';
import { Secret, type AgentKeys } from '@usher/security';
import { readOrNull, replaceFile, StateFile } from '../storage/state-file.js';

/** A credential that was opened: the token is wrapped from its first moment on. */
export type Credential = Readonly<Omit<CredentialPlain, 'token'> & { token: Secret }>;

export interface SettingsChange {
  readonly config: boolean;
  readonly credential: boolean;
}

/** What the controller says about the server: `config.json` in clear, `credential.jwe` as it came, sealed to this agent. */
export class AgentSettings {
  private constructor(
    private readonly folder: string,
    private readonly keys: Pick<AgentKeys, 'open'>,
    private current: AgentConfig,
    private opened: Credential | null,
  ) {}

  /** Writes the first settings into a folder that is being made. */
  static async create(folder: string, config: AgentConfig, sealed: string | null): Promise<void> {
    if (sealed !== null) await replaceFile(credentialPath(folder), sealed);
    await configFile(folder).write(config);
  }

  static async open(folder: string, keys: Pick<AgentKeys, 'open'>): Promise<AgentSettings> {
    const config = await configFile(folder).read();
    if (!config) throw new AppError('INTERNAL', 'This agent has no settings.', { file: 'config.json', reason: 'missing' });
    const sealed = await readOrNull(credentialPath(folder));
    return new AgentSettings(folder, keys, config, sealed === null ? null : await openCredential(keys, sealed));
  }

  get config(): AgentConfig {
    return this.current;
  }

  get credential(): Credential | null {
    return this.opened;
  }

  /** -1 while there is none. */
  get credentialRev(): number {
    return this.opened?.rev ?? -1;
  }

  /**
   * Takes newer settings; older ones and repeats change nothing. What `hello` answers is taken whatever its
   * revision: a controller that was restored from a backup counts from a lower one.
   */
  async apply(given: { config: AgentConfig; credential: string | null }, from: 'command' | 'hello'): Promise<SettingsChange> {
    const isNews = (rev: number, known: number) => (from === 'hello' ? rev !== known : rev > known);
    const credential = given.credential === null ? null : await openCredential(this.keys, given.credential);
    const change = {
      config: isNews(given.config.rev, this.current.rev),
      credential: credential !== null && isNews(credential.rev, this.credentialRev),
    };
    if (change.credential) {
      await replaceFile(credentialPath(this.folder), given.credential!);
      this.opened = credential;
    }
    if (change.config) {
      await configFile(this.folder).write(given.config);
      this.current = given.config;
    }
    return change;
  }
}

async function openCredential(keys: Pick<AgentKeys, 'open'>, sealed: string): Promise<Credential> {
  const parsed = CredentialPlain.safeParse(await keys.open(sealed));
  if (!parsed.success) throw new AppError('MESSAGE_INVALID', 'The sealed credential does not hold what it should.', { reason: 'credential' });
  const { token, ...rest } = parsed.data;
  return { ...rest, token: Secret.of(token) };
}

function configFile(folder: string): StateFile<typeof AgentConfig> {
  return new StateFile(path.join(folder, 'config.json'), AgentConfig);
}

function credentialPath(folder: string): string {
  return path.join(folder, 'credential.jwe');
}
