import { mainTitle } from '../format/media.js';
import { plural } from '../format/units.js';
import { kindName } from '../components/glyphs.js';
import { playing, sumsOf } from '../live/totals.js';
import type { FleetServer, LiveSession, ServerSnapshot } from '../live/live-types.js';

/** One line of the palette. `group` is its heading; hits of one group stand together. */
export interface Hit {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly detail: string;
  readonly keys: readonly string[];
  readonly server?: FleetServer;
  readonly session?: LiveSession;
  run(): void;
}

export interface PaletteActions {
  openServer(server: FleetServer): void;
  showOnly(server: FleetServer): void;
  openSession(server: FleetServer, session: LiveSession): void;
  /** Pages and commands, in the order in which they are offered. */
  readonly commands: readonly { label: string; detail: string; keys: readonly string[]; page: boolean; run(): void }[];
}

const MOST_PEOPLE = 6;

/** `>` commands, `@` people, `#` servers; without a prefix all of them. */
export function splitPrefix(text: string): { prefix: '>' | '@' | '#' | ''; needle: string } {
  const trimmed = text.trimStart();
  const first = trimmed[0];
  if (first === '>' || first === '@' || first === '#') return { prefix: first, needle: trimmed.slice(1).trim().toLowerCase() };
  return { prefix: '', needle: trimmed.trim().toLowerCase() };
}

/** What the palette offers for a text: servers first, with the actions of the best one right below. */
export function findHits(
  text: string,
  servers: readonly FleetServer[],
  snapshots: ReadonlyMap<string, ServerSnapshot>,
  actions: PaletteActions,
): Hit[] {
  const { prefix, needle } = splitPrefix(text);
  const has = (...words: (string | null)[]) => words.some((word) => word?.toLowerCase().includes(needle));
  const hits: Hit[] = [];
  const matching = servers.filter((server) => has(server.alias, server.slug, server.url, ...server.tags));
  if ((prefix === '' && needle) || prefix === '#') {
    for (const server of matching) {
      const facts = [`${kindName(server.kind)} ${server.version ?? ''}`.trim(), server.role === 'PRIMARY' ? 'primary' : '', plural(sumsOf(snapshots.get(server.id)).streams, 'stream')];
      hits.push({ id: `server:${server.id}`, group: 'Servers', label: server.alias, detail: facts.filter(Boolean).join(' · '), keys: [], server, run: () => actions.openServer(server) });
    }
    const [best] = matching;
    if (best) hits.push({ id: 'only', group: `Actions on ${best.alias}`, label: `Show only ${best.alias}`, detail: 'Scope', keys: ['S'], run: () => actions.showOnly(best) });
  }
  if ((prefix === '' && needle) || prefix === '@') {
    const people = servers.flatMap((server) => playing(snapshots.get(server.id)).map((session) => ({ server, session })));
    const watching = people.filter(({ session }) => has(session.userName, prefix === '' && session.item ? mainTitle(session.item) : null));
    for (const { server, session } of watching.slice(0, MOST_PEOPLE)) {
      hits.push({
        id: `session:${session.id}`,
        group: 'People and sessions',
        label: session.userName ?? 'Unknown viewer',
        detail: `watches ${session.item ? mainTitle(session.item) : ''} on ${server.alias}`,
        keys: [],
        session,
        run: () => actions.openSession(server, session),
      });
    }
  }
  if (prefix === '' || prefix === '>') {
    for (const command of actions.commands.filter(({ label, detail }) => has(label, detail))) {
      hits.push({ id: `do:${command.label}`, group: command.page ? 'Go to' : 'Do', ...command });
    }
  }
  return hits;
}
