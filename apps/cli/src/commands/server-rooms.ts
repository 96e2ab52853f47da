import { randomUUID } from 'node:crypto';
import {
  CliCancelActivityDocument,
  CliRecentlyAddedDocument,
  CliRevokeDeviceDocument,
  CliServerBackupsDocument,
  CliServerDevicesDocument,
  CliServerHistoryDocument,
  CliServerLogDocument,
  CliServerTasksDocument,
  CliStartServerTaskDocument,
  CliTriggerBackupDocument,
  type CliListedItemFieldsFragment,
  type CliServerBackupsQuery,
  type CliServerDevicesQuery,
  type CliServerHistoryQuery,
  type CliServerLogQuery,
  type CliServerTasksQuery,
} from '@usher/api-client';
import type { Command } from 'commander';
import { contextOf, parseCount, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { nearest } from '../import-file/problem.js';
import type { Column } from '../output/columns.js';
import { bytesText } from '../output/plan-text.js';
import { durationText, titleOf } from '../output/session-text.js';
import { findServer } from './find-server.js';
import { defaultList, group } from './group.js';

type Task = CliServerTasksQuery['serverTasks'][number];
type Device = CliServerDevicesQuery['serverDevices'][number];
type Entry = CliServerLogQuery['serverLog'][number];
type Watched = CliServerHistoryQuery['serverHistory'][number];
type Backup = CliServerBackupsQuery['serverBackups'][number];

/** The media server may take its time before it answers. */
const ANSWER_MS = 40_000;

const TASK_COLUMNS: readonly Column<Task>[] = [
  { title: 'task', value: (row) => row.name },
  { title: 'state', value: (row) => row.state.toLowerCase() },
  { title: 'progress', align: 'right', value: (row) => (row.progressPercent == null ? null : `${Math.floor(row.progressPercent)} %`) },
  { title: 'last ended', value: (row) => row.lastEndedAt },
  { title: 'took', align: 'right', value: (row) => (row.lastDurationMs == null ? null : durationText(row.lastDurationMs)) },
  { title: 'result', value: (row) => row.lastResult?.toLowerCase() },
  { title: 'category', wide: true, value: (row) => row.category },
  { title: 'id', wide: true, value: (row) => row.vendorId },
];
const DEVICE_COLUMNS: readonly Column<Device>[] = [
  { title: 'device', value: (row) => row.name },
  { title: 'client', value: (row) => [row.client, row.clientVersion].filter(Boolean).join(' ') },
  { title: 'user', value: (row) => row.lastUserName },
  { title: 'last seen', value: (row) => row.lastSeenAt },
  { title: 'id', value: (row) => row.vendorId },
  { title: 'platform', wide: true, value: (row) => row.platform },
];
const LOG_COLUMNS: readonly Column<Entry>[] = [
  { title: 'at', value: (row) => row.at },
  { title: 'severity', value: (row) => row.severity.toLowerCase() },
  { title: 'text', value: (row) => row.text },
  { title: 'user', value: (row) => row.userName },
  { title: 'kind', wide: true, value: (row) => row.kind },
];
const HISTORY_COLUMNS: readonly Column<Watched>[] = [
  { title: 'at', value: (row) => row.at },
  { title: 'user', value: (row) => row.userName },
  { title: 'title', value: titleOf },
  { title: 'item', wide: true, value: (row) => row.itemId },
];
const BACKUP_COLUMNS: readonly Column<Backup>[] = [
  { title: 'backup', value: (row) => row.name },
  { title: 'at', value: (row) => row.at },
  { title: 'version', value: (row) => row.serverVersion },
  { title: 'size', align: 'right', value: (row) => (row.sizeBytes == null ? null : bytesText(row.sizeBytes)) },
];
export const LISTED_COLUMNS: readonly Column<CliListedItemFieldsFragment>[] = [
  { title: 'at', value: (row) => row.at },
  { title: 'type', value: (row) => row.item.type.toLowerCase() },
  { title: 'title', value: ({ item }) => titleOf({ ...item, seriesTitle: item.parentTitle }) },
  { title: 'id', wide: true, value: (row) => row.item.vendorId },
];

/** What one media server tells about itself, asked for when it is asked for; nothing of it is kept. */
export function addServerRoomCommands(program: Command): void {
  const servers = group(program, 'servers', 'the media servers of the fleet');
  const tasks = servers.command('tasks').description("the server's own tasks");
  defaultList(tasks, '<server>').description('what they are and how they ended').action((name: string, _options: object, command: Command) => listTasks(contextOf(command), name));
  tasks.command('start <server> <task>').description('start one, by name or id').action((name: string, task: string, _options: object, command: Command) => startTask(contextOf(command), name, task));
  tasks.command('cancel <server> <task>').description('end a running one, by name or id').action((name: string, task: string, _options: object, command: Command) => cancelTask(contextOf(command), name, task));

  const devices = servers.command('devices').description('devices that have signed in there');
  defaultList(devices, '<server>').description('newest sign of life first').action((name: string, _options: object, command: Command) => listDevices(contextOf(command), name));
  devices.command('revoke <server> <device>').description('end the sign-in of a device, by name or id').action((name: string, device: string, _options: object, command: Command) => revoke(contextOf(command), name, device));

  const backups = servers.command('backups').description('backups that the server has made of itself');
  defaultList(backups, '<server>').description('newest first').action((name: string, _options: object, command: Command) => listBackups(contextOf(command), name));
  backups.command('trigger <server>').description('tell it to make one now').action((name: string, _options: object, command: Command) => triggerBackup(contextOf(command), name));

  servers.command('log <server>').description("the server's own log of events, newest first").option('--limit <n>', 'at most so many, 500 at the most', parseLimit, 100).option('--before <time>', 'older than this time').action((name: string, options: { limit: number; before?: string }, command: Command) => log(contextOf(command), name, options));
  servers.command('history <server>').description("what was watched, as the server's own history tells it").option('--limit <n>', 'at most so many, 500 at the most', parseLimit, 100).option('--since <time>', 'not older than this time').action((name: string, options: { limit: number; since?: string }, command: Command) => history(contextOf(command), name, options));
  servers.command('recent <server>').description('titles that came last').option('--limit <n>', 'at most so many, 100 at the most', parseLimit, 20).action((name: string, options: { limit: number }, command: Command) => recent(contextOf(command), name, options));
}

function parseLimit(text: string): number {
  const limit = parseCount(text);
  if (limit <= 500) return limit;
  throw new CliError('USAGE', `--limit ${text}: 500 at the most`);
}

function timeOf(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const at = /^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:\d\d))?$/.test(text) ? new Date(text) : null;
  if (at === null || Number.isNaN(at.getTime())) throw new CliError('USAGE', `${flag} ${text}: must be a day or a time such as 2026-11-21T22:00:00Z`);
  return at.toISOString();
}

/** By id, or by name in any case. @throws CliError when none or several fit */
function named<Thing extends { readonly vendorId: string; readonly name: string }>(things: readonly Thing[], text: string, what: string, list: string): Thing {
  const exact = things.filter((thing) => thing.vendorId === text);
  const found = exact.length > 0 ? exact : things.filter((thing) => thing.name.toLowerCase() === text.toLowerCase());
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw new CliError('VALIDATION_FAILED', `"${text}" fits ${found.length} ${what}s; give the id.`, { next: `${list} -o wide` });
  const near = nearest(text, things.map(({ name }) => name));
  throw new CliError('NOT_FOUND', `There is no ${what} "${text}" there.`, { next: near ? `Did you mean ${JSON.stringify(near)}?` : list });
}

async function listTasks(context: CommandContext, name: string): Promise<void> {
  const client = await context.client();
  const { serverTasks } = await client.run(CliServerTasksDocument, { serverId: (await findServer(client, name)).id }, ANSWER_MS);
  if (serverTasks.length === 0) context.printer.note('It tells of no tasks.');
  await context.printer.list(serverTasks, TASK_COLUMNS, (row) => row.name);
}

async function startTask(context: CommandContext, name: string, text: string): Promise<void> {
  const client = await context.client();
  const { id, alias, slug } = await findServer(client, name);
  const { serverTasks } = await client.run(CliServerTasksDocument, { serverId: id }, ANSWER_MS);
  const task = named(serverTasks, text, 'task', `usher servers tasks ${slug}`);
  if (!task.canStart) throw new CliError('VALIDATION_FAILED', `${alias} lets nobody start "${task.name}".`, { next: `usher servers tasks ${slug}` });
  await client.run(CliStartServerTaskDocument, { input: { serverId: id, taskId: task.vendorId, idempotencyKey: randomUUID() } }, ANSWER_MS);
  context.printer.note(`${alias} took the order. See how it goes:  usher activities watch --server ${slug}`);
}

async function cancelTask(context: CommandContext, name: string, text: string): Promise<void> {
  const client = await context.client();
  const { id, alias, slug } = await findServer(client, name);
  const { serverTasks } = await client.run(CliServerTasksDocument, { serverId: id }, ANSWER_MS);
  const task = named(serverTasks, text, 'task', `usher servers tasks ${slug}`);
  if (!task.canCancel) throw new CliError('VALIDATION_FAILED', task.state === 'IDLE' ? `"${task.name}" does not run on ${alias}.` : `${alias} lets nobody cancel "${task.name}".`, { next: `usher servers tasks ${slug}` });
  await context.confirm(`Cancel "${task.name}" on ${alias}?`);
  await client.run(CliCancelActivityDocument, { input: { id: `${id}:${task.vendorId}`, idempotencyKey: randomUUID() } }, ANSWER_MS);
  context.printer.note(`${alias} took the order.`);
}

async function listDevices(context: CommandContext, name: string): Promise<void> {
  const client = await context.client();
  const { serverDevices } = await client.run(CliServerDevicesDocument, { serverId: (await findServer(client, name)).id }, ANSWER_MS);
  if (serverDevices.length === 0) context.printer.note('No device has signed in there.');
  const rows = serverDevices.toSorted((a, b) => String(b.lastSeenAt ?? '').localeCompare(String(a.lastSeenAt ?? '')));
  await context.printer.list(rows, DEVICE_COLUMNS, (row) => row.vendorId);
}

async function revoke(context: CommandContext, name: string, text: string): Promise<void> {
  const client = await context.client();
  const { id, alias, slug } = await findServer(client, name);
  const { serverDevices } = await client.run(CliServerDevicesDocument, { serverId: id }, ANSWER_MS);
  const device = named(serverDevices, text, 'device', `usher servers devices ${slug}`);
  await context.confirm(`End the sign-in of ${device.name}${device.lastUserName ? `, last used by ${device.lastUserName}` : ''}, on ${alias}?`);
  await client.run(CliRevokeDeviceDocument, { input: { serverId: id, deviceId: device.vendorId, idempotencyKey: randomUUID() } }, ANSWER_MS);
  context.printer.note(`${device.name} has to sign in anew on ${alias}.`);
}

async function listBackups(context: CommandContext, name: string): Promise<void> {
  const client = await context.client();
  const { serverBackups } = await client.run(CliServerBackupsDocument, { serverId: (await findServer(client, name)).id }, ANSWER_MS);
  if (serverBackups.length === 0) context.printer.note('It has no backup of itself.');
  await context.printer.list(serverBackups, BACKUP_COLUMNS, (row) => row.name);
}

async function triggerBackup(context: CommandContext, name: string): Promise<void> {
  const client = await context.client();
  const { id, alias, slug } = await findServer(client, name);
  await client.run(CliTriggerBackupDocument, { input: { serverId: id, idempotencyKey: randomUUID() } }, ANSWER_MS);
  context.printer.note(`${alias} took the order. See when it is there:  usher servers backups ${slug}`);
}

async function log(context: CommandContext, name: string, options: { limit: number; before?: string }): Promise<void> {
  const before = timeOf('--before', options.before);
  const client = await context.client();
  const { serverLog } = await client.run(CliServerLogDocument, { serverId: (await findServer(client, name)).id, limit: options.limit, before }, ANSWER_MS);
  if (serverLog.length === 0) context.printer.note('Its log holds nothing of that time.');
  await context.printer.list(serverLog, LOG_COLUMNS, (row) => row.vendorId);
}

async function history(context: CommandContext, name: string, options: { limit: number; since?: string }): Promise<void> {
  const since = timeOf('--since', options.since);
  const client = await context.client();
  const { serverHistory } = await client.run(CliServerHistoryDocument, { serverId: (await findServer(client, name)).id, limit: options.limit, since }, ANSWER_MS);
  if (serverHistory.length === 0) context.printer.note('Its own history holds nothing of that time.');
  await context.printer.list(serverHistory, HISTORY_COLUMNS, (row) => row.vendorId);
}

async function recent(context: CommandContext, name: string, { limit }: { limit: number }): Promise<void> {
  if (limit > 100) throw new CliError('USAGE', `--limit ${limit}: 100 at the most`);
  const client = await context.client();
  const { recentlyAdded } = await client.run(CliRecentlyAddedDocument, { serverId: (await findServer(client, name)).id, limit }, ANSWER_MS);
  if (recentlyAdded.length === 0) context.printer.note('Nothing came lately.');
  await context.printer.list(recentlyAdded, LISTED_COLUMNS, (row) => row.item.vendorId);
}
