import { randomBytes } from 'node:crypto';
import { AppError, type MediaUser, type PolicyChange, type UserPolicy } from '@usher/contracts';
import { answerInvalid, connectionError, parseJson } from '../http/vendor-errors.js';
import type { VendorHttp, VendorRequest } from '../http/vendor-http.js';
import type { MediaServer } from '../media-server.js';
import { booleanOf, fieldsOf, type Fields } from './fields.js';
import { foldersOf, mapPolicy, overlayPolicy, type PolicyFolder, type PolicyWords } from './policy.mapper.js';
import { mapUsers } from './user.mapper.js';

/** Where accounts of the two vendors differ. */
export interface AccountWords extends PolicyWords {
  /** A row of the library listing. */
  folderOf(row: Fields): PolicyFolder | null;
  isUserId(id: string): boolean;
  /** A name that the vendor is known to refuse. */
  refusesName(name: string): boolean;
  /** False where the vendor disables no administrator at all, however many there are. */
  readonly disablesAdministrators: boolean;
  /** Sets a password that is not empty. */
  setPassword(id: string, password: string): AccountRequest & { readonly query?: Readonly<Record<string, string>> };
  /** Requests that make an account with this password; the first one answers the account. */
  create(name: string, password: string): { readonly first: AccountRequest; then(id: string): readonly AccountRequest[] };
}

export type AccountRequest = Pick<VendorRequest, 'path' | 'endpoint' | 'body'>;

export interface AccountCalls {
  readonly http: VendorHttp;
  readonly prefix: string;
  readonly librariesPath: string;
  readonly words: AccountWords;
  list(): Promise<MediaUser[]>;
}

/** What nobody may do who was just made. */
const NO_LIBRARY: PolicyChange = { libraries: [] };

/** Accounts of Emby and Jellyfin. Policies are replaced by the vendors: read whole, overlaid, written whole, read back. */
export function mediaBrowserAccounts(calls: AccountCalls): Omit<MediaServer['users'], 'list' | 'discovery'> {
  const { http, prefix, words } = calls;
  const send = (method: 'POST' | 'DELETE', { path, endpoint, body }: AccountRequest) => http.send({ method, path: `${prefix}${path}`, endpoint, ...(body === undefined ? {} : { body }) });
  const userPath = (id: string): string => `/Users/${encodeURIComponent(id)}`;

  const read = async (id: string): Promise<Fields> => {
    if (!words.isUserId(id)) throw gone(id);
    const user = fieldsOf(await http.json({ method: 'GET', path: `${prefix}${userPath(id)}`, endpoint: 'GET /Users/{id}' }).catch((error: unknown) => Promise.reject(asGone(error, id))));
    if (Object.keys(fieldsOf(user['Policy'])).length === 0) throw answerInvalid('The media server told no policy of this account.', { reason: 'shape' });
    return user;
  };
  const folders = async (): Promise<PolicyFolder[]> => {
    const answer = await http.json({ method: 'GET', path: `${prefix}${calls.librariesPath}`, endpoint: `GET ${calls.librariesPath}` });
    const known = foldersOf(answer, words.folderOf);
    if (!known) throw answerInvalid('The media server listed its libraries in a form that is not known.', { reason: 'shape' });
    return known;
  };
  const writePolicy = async (id: string, document: Fields): Promise<void> => {
    await send('POST', { path: `${userPath(id)}/Policy`, endpoint: 'POST /Users/{id}/Policy', body: document }).catch((error: unknown) => Promise.reject(asGone(error, id)));
  };
  const isTaken = async (name: string): Promise<boolean> => (await calls.list()).some((user) => user.name.toLowerCase() === name.toLowerCase());

  const applyPolicy = async (id: string, change: PolicyChange): Promise<UserPolicy> => {
    const [user, known] = await Promise.all([read(id), folders()]);
    const document = fieldsOf(user['Policy']);
    const unknown = change.libraries === undefined || change.libraries === 'all' ? [] : change.libraries.filter((wanted) => !known.some(({ vendorId }) => vendorId === wanted));
    if (unknown.length > 0) throw new AppError('VALIDATION_FAILED', 'The media server has no such library.', { field: 'libraries', unknown });
    if (change.enabled === false && isAdministrator(user)) throw new AppError('VALIDATION_FAILED', 'An administrator is never disabled.', { field: 'enabled' });
    await writePolicy(id, overlayPolicy(document, change, known, words));
    return mapPolicy(fieldsOf((await read(id))['Policy']), known, words);
  };

  return {
    policy: async (id) => {
      const [user, known] = await Promise.all([read(id), folders()]);
      return mapPolicy(fieldsOf(user['Policy']), known, words);
    },
    create: async (name) => {
      if (name.trim() === '' || name !== name.trim() || words.refusesName(name)) throw refusedName();
      if (await isTaken(name)) throw taken(name);
      const steps = words.create(name, randomBytes(32).toString('base64url'));
      const answer = await send('POST', steps.first).catch(async (error: unknown) => {
        const failure = connectionError(error);
        if (failure.details['httpStatus'] !== 400) throw failure;
        throw (await isTaken(name)) ? taken(name) : refusedName();
      });
      const made = mapUsers([parseJson(answer)])?.[0]?.user;
      if (!made) throw answerInvalid('The media server told nothing about the account that it made.', { reason: 'shape' });
      try {
        for (const step of steps.then(made.vendorId)) await send('POST', step);
        await applyPolicy(made.vendorId, NO_LIBRARY);
      } catch (error) {
        // half made it would be an account with rights, or without a password
        await send('DELETE', { path: userPath(made.vendorId), endpoint: 'DELETE /Users/{id}' }).catch(() => undefined);
        throw error;
      }
      return made;
    },
    applyPolicy,
    setEnabled: async (id, enabled) => {
      const user = await read(id);
      if (!enabled && isAdministrator(user)) {
        const others = (await calls.list()).filter((each) => each.isAdministrator && each.enabled && each.vendorId !== id);
        if (!words.disablesAdministrators || others.length === 0) throw new AppError('VALIDATION_FAILED', 'This administrator is never disabled.', { field: 'enabled' });
      }
      const document = fieldsOf(user['Policy']);
      // bad sign-ins lock an account by disabling it: whoever lets it in again begins to count anew (Jellyfin, measured)
      const counted = enabled && 'InvalidLoginAttemptCount' in document ? { InvalidLoginAttemptCount: 0 } : {};
      await writePolicy(id, { ...document, IsDisabled: !enabled, ...counted });
      if ((booleanOf(fieldsOf((await read(id))['Policy'])['IsDisabled']) === true) === enabled) throw answerInvalid('The media server did not keep whether this account is enabled.', { userVendorId: id });
    },
    setPassword: async (id, password) => {
      // an empty one, or a request without one, opens the account to everybody (12.0, measured)
      if (password.trim() === '') throw new AppError('VALIDATION_FAILED', 'A password is never empty.', { field: 'password' });
      await read(id);
      const { query, ...request } = words.setPassword(id, password);
      await http.send({ method: 'POST', path: `${prefix}${request.path}`, endpoint: request.endpoint, body: request.body, ...(query && { query }) }).catch((error: unknown) => Promise.reject(asGone(error, id)));
    },
    remove: async (id) => {
      // the last administrator is refused, but its tokens are dead all the same
      if (isAdministrator(await read(id))) throw new AppError('VALIDATION_FAILED', 'An administrator is never removed.', { field: 'userVendorId' });
      await send('DELETE', { path: userPath(id), endpoint: 'DELETE /Users/{id}' }).catch((error: unknown) => Promise.reject(asGone(error, id)));
    },
    reach: async (ids) => {
      const known = new Set((await calls.list()).map(({ vendorId }) => vendorId));
      return ids.filter((id) => known.has(id));
    },
  };
}

const isAdministrator = (user: Fields): boolean => booleanOf(fieldsOf(user['Policy'])['IsAdministrator']) === true;
const refusedName = (): AppError => new AppError('VALIDATION_FAILED', 'The media server refuses this name.', { field: 'name' });
const taken = (name: string): AppError => new AppError('IDENTITY_CONFLICT', 'There is an account of this name already.', { name });
const gone = (id: string): AppError => new AppError('NOT_FOUND', 'This account is not on the media server.', { userVendorId: id });

function asGone(error: unknown, id: string): AppError {
  const failure = connectionError(error);
  return failure.code === 'NOT_FOUND' ? gone(id) : failure;
}
