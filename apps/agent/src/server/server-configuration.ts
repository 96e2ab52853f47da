import type { AgentConfig } from '@usher/contracts';
import type { AgentSettings } from './agent-settings.js';
import type { ServerProvider } from './server.provider.js';

/** What a change of the settings means for the rest of the agent. */
export interface ConfigurationHooks {
  /** The credential changed: a new adapter stands in `ServerProvider`. */
  adapterChanged(): Promise<void>;
  /** Something else changed, such as the ignored devices. */
  settingsChanged(): void;
}

/** Takes settings from `server.configure` and from `hello`, one after another. */
export class ServerConfiguration {
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly settings: AgentSettings,
    private readonly provider: ServerProvider,
    private readonly hooks: ConfigurationHooks,
  ) {}

  /** @throws AppError MESSAGE_INVALID for a credential that is not for this agent */
  async apply(given: { config: AgentConfig; credential: string | null }, from: 'command' | 'hello'): Promise<{ configRev: number; credentialRev: number }> {
    const next = this.running.then(async () => {
      const change = await this.settings.apply(given, from);
      if (change.credential) {
        await this.provider.rebuild();
        await this.hooks.adapterChanged();
      }
      if (change.config) this.hooks.settingsChanged();
    });
    this.running = next.catch(() => undefined);
    await next;
    return { configRev: this.settings.config.rev, credentialRev: this.settings.credentialRev };
  }
}
