import { CliEfficiencyDocument, CliServerHostDocument, type CliServerQuery } from '@usher/api-client';
import type { UsherClient } from '../client.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { sanitized } from '../output/diagnostics.js';
import { efficiencyLines, hostLines } from '../output/efficiency-text.js';
import { hardeningLines } from '../output/hardening-text.js';

type Server = CliServerQuery['server'];
/** An answer, or why there is none: what can be read is shown. */
type Part<T> = { readonly value: T; readonly failure: null } | { readonly value: null; readonly failure: { readonly code: string; readonly message: string } };

async function part<T>(work: Promise<T>): Promise<Part<T>> {
  try {
    return { value: await work, failure: null };
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'UNAUTHENTICATED') throw error;
    return { value: null, failure: { code: error.code, message: error.message } };
  }
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : url);

/** Hardening list, efficiency and machine of one server. The document of `--output json` holds no name, address or path. */
export async function printDiagnostics(context: CommandContext, client: UsherClient, server: Server, version: string): Promise<void> {
  const { printer } = context;
  const [efficiency, host] = await Promise.all([part(client.run(CliEfficiencyDocument, { serverIds: [server.id] })), part(client.run(CliServerHostDocument, { serverId: server.id }))]);
  const cost = efficiency.value?.efficiency[0] ?? null;
  if (printer.format === 'table' || printer.format === 'wide') {
    printer.lines([
      ...(cost?.report ? efficiencyLines(cost.report) : [`live          not available: ${cost?.error ?? efficiency.failure?.message ?? 'nothing was read'}`]),
      ...(cost?.advice ?? []).map((advice) => `advice        ${advice}`),
      ...(host.value ? hostLines(host.value.serverHost) : [`host          not available: ${host.failure?.message ?? 'nothing was read'}`]),
      ...hardeningLines(server.hardening),
    ]);
    return;
  }
  const document = {
    kind: 'ServerDiagnostics',
    usher: version,
    at: new Date().toISOString(),
    server: {
      kind: server.kind,
      version: server.version,
      versionTested: server.versionTested,
      platform: server.platform,
      connection: server.connection,
      state: server.state,
      stateCode: server.stateCode,
      stateReason: server.stateReason,
      stateSince: server.stateSince,
      stale: server.stale,
      readOnly: server.readOnly,
      capabilities: server.capabilities,
      poll: server.poll,
      tls: server.tls,
      live: server.live,
      users: server.userCount,
      libraries: server.libraries.map(({ type, itemCount, childCount }) => ({ type, itemCount, childCount })),
    },
    efficiency: cost ? { error: cost.error, code: cost.code, report: cost.report, advice: cost.advice } : { ...efficiency.failure },
    host: host.value?.serverHost ?? { ...host.failure },
    // Whoever accepted an entry, and why, is for this fleet only.
    hardening: server.hardening.map(({ acceptance: _, ...entry }) => entry),
  };
  const names = [server.alias, server.slug, server.name ?? '', server.externalKey ?? '', server.machineId ?? '', server.id, hostOf(server.url), ...server.tags, ...server.libraries.map(({ name }) => name)];
  // A library "Movies" must not take the word out of everything: only what names this fleet is taken out.
  await printer.one(sanitized(document, names.filter((name) => !GENERIC.has(name.toLowerCase()))), [], () => server.slug);
}

/** Words that name nobody, and stand in codes and advice. */
const GENERIC = new Set(['emby', 'jellyfin', 'plex', 'server', 'media', 'home', 'movies', 'films', 'music', 'shows', 'tv', 'tv shows', 'series', 'photos', 'localhost']);
