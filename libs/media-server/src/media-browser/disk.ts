import { AppError, type FolderSpace, type PathCheck } from '@usher/contracts';
import { answerInvalid } from '../http/vendor-errors.js';
import type { VendorHttp } from '../http/vendor-http.js';
import type { CheckedPaths } from '../media-server.js';
import { countOf, fieldsOf, listOf, textOf } from './fields.js';
import type { CommandRequest } from './vendor.js';

/** After as many answers that say neither yes nor no the rest is not asked: every such answer counts against the server. */
const GIVE_UP_AFTER = 3;

/** Asks for one path at a time. A path that is there is 204, one that is not is 404. */
export async function checkPaths(
  http: VendorHttp,
  validation: (path: string, isFile: boolean) => CommandRequest,
  prefix: string,
  { folders, files }: CheckedPaths,
): Promise<PathCheck[]> {
  const asked = [...folders.map((path) => ({ path, isFile: false })), ...files.map((path) => ({ path, isFile: true }))];
  const checks: PathCheck[] = [];
  let unclear = 0;
  for (const { path, isFile } of asked) {
    const state = unclear < GIVE_UP_AFTER ? await look(http, { ...validation(path, isFile), prefix }) : 'unknown';
    if (state === 'unknown') unclear += 1;
    checks.push({ path, state });
  }
  return checks;
}

async function look(http: VendorHttp, { path, query, body, prefix }: CommandRequest & { prefix: string }): Promise<PathCheck['state']> {
  try {
    await http.send({ method: 'POST', path: `${prefix}${path}`, endpoint: 'POST /Environment/ValidatePath', retry: true, ...(query && { query }), body });
    return 'found';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'NOT_FOUND') return 'missing';
    if (error.code === 'VENDOR_ANSWER_INVALID') return 'unknown';
    throw error;
  }
}

/** Folders of libraries with the room on their disks (Jellyfin from 10.11 on); −1 stands for unknown and is left out. */
export async function readSpace(http: VendorHttp, prefix: string): Promise<FolderSpace[]> {
  const answer = fieldsOf(await http.json({ method: 'GET', path: `${prefix}/System/Info/Storage`, endpoint: 'GET /System/Info/Storage' }));
  if (!Array.isArray(answer['Libraries'])) throw answerInvalid('The media server told its disks in a form that is not known.', { reason: 'shape' });
  const folders = listOf(answer['Libraries']).flatMap((library) => listOf(fieldsOf(library)['Folders']).map(fieldsOf));
  return folders.flatMap((folder) => {
    const path = textOf(folder['Path'], 4000);
    const freeBytes = countOf(folder['FreeSpace']);
    return path === null || freeBytes === null ? [] : [{ path, freeBytes, usedBytes: countOf(folder['UsedSpace']) }];
  });
}
