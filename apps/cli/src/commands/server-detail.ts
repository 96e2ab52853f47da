import type { CliServerQuery } from '@usher/api-client';
import type { Printer } from '../output/printer.js';
import { SERVER_COLUMNS } from './server-columns.js';

type ServerDetail = CliServerQuery['server'];

const DETAIL_COLUMNS = [
  ...SERVER_COLUMNS.map((column) => ({ title: column.title, value: column.value as (server: ServerDetail) => string | number | null | undefined })),
  { title: 'why', value: (server: ServerDetail) => server.stateReason },
  { title: 'next', value: (server: ServerDetail) => server.stateNext },
  { title: 'key', value: (server: ServerDetail) => (server.credential ? `set, fingerprint ${server.credential.fingerprint}, added ${server.credential.addedAt}` : 'none') },
  { title: 'live', value: (server: ServerDetail) => `${server.live.source.toLowerCase()}, last at ${server.live.at ?? '–'}` },
  { title: 'calls', value: (server: ServerDetail) => `${server.live.sessionCallsLastHour} for sessions and ${server.live.otherCallsLastHour} others in the last hour` },
  { title: 'users', value: (server: ServerDetail) => server.userCount },
  { title: 'capabilities', value: (server: ServerDetail) => server.capabilities.join(' ') },
];

/** One server with its libraries. */
export async function printServer(printer: Printer, server: ServerDetail): Promise<void> {
  await printer.one({ ...server, hardening: undefined } as unknown as ServerDetail, DETAIL_COLUMNS, (it) => it.slug);
  if (printer.format !== 'table' && printer.format !== 'wide') return;
  printer.lines(server.libraries.map((library) => `library       ${library.name}  ${library.type}  ${library.itemCount ?? '–'}${library.childCount === null ? '' : ` / ${library.childCount}`}`));
}
