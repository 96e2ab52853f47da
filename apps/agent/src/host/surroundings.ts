import type { AgentLink } from '@usher/bus';
import type { ConnectionTestResult } from '@usher/contracts';
import type { ConnectionTestRequest, EgressGuard, MediaServer, MediaServerOptions } from '@usher/media-server';
import type { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import type { Machine } from '../host-metrics/machine.js';

type LinkOptions = ConstructorParameters<typeof AgentLink>[0];

/** What all agents of one process share. */
export interface Surroundings {
  readonly broker: Pick<LinkOptions, 'url' | 'caPem'>;
  /** Hands a verified command to its listener. */
  readonly dispatch: LinkOptions['dispatch'];
  readonly createServer: (options: MediaServerOptions) => MediaServer;
  readonly testConnection: (request: ConnectionTestRequest) => Promise<ConnectionTestResult>;
  readonly egress: EgressGuard;
  readonly plexTvUrl: string;
  /** The machine that this process runs on. */
  readonly machine: Machine;
  readonly clock: Clock;
  readonly logger: Logger;
}
