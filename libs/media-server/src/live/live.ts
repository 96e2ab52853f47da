import { randomUUID } from 'node:crypto';
import { systemClock } from '@usher/resilience';
import type { LiveConfig } from '../config.js';
import { createMediaServer } from '../create-media-server.js';
import { EgressGuard } from '../egress/egress-guard.js';
import { reportOf, runLive } from './live-suite.js';

/** Asks one server everything. @returns the report, and whether all of it passed */
export async function live(config: LiveConfig): Promise<{ readonly report: string; readonly passed: boolean }> {
  const server = createMediaServer({
    kind: config.kind,
    origin: config.url,
    token: () => config.key,
    tls: { verify: true },
    clock: systemClock,
    clientName: 'Usher',
    clientVersion: '0.1.0',
    deviceId: `usher-live-${randomUUID()}`,
    plexTvUrl: config.plexTvUrl,
    egress: new EgressGuard({ profile: 'home' }),
  });
  try {
    const results = await runLive(server, { write: config.write });
    const version = await server.probe().then((profile) => profile.version, () => 'that did not tell its version');
    return { report: reportOf(config.kind, version, results), passed: !results.some(({ outcome }) => outcome === 'failed') };
  } finally {
    await server.close();
  }
}
