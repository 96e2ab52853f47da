import { AppError } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import type { Known } from './readings.js';

const NAME = 'usher-live-test';

export type Writing = readonly [name: string, run: (server: MediaServer, known: Known) => Promise<unknown>];

/** Each makes something of its own, looks at it, and takes it away again, also when looking fails. */
export const WRITINGS: readonly Writing[] = [
  ['write: account', account],
  ['write: playlist', playlist],
];

async function account(server: MediaServer): Promise<void> {
  if ((await server.users.list()).some(({ name }) => name === NAME)) throw new AppError('VALIDATION_FAILED', `An account named ${NAME} is there already.`, { reason: 'leftover' });
  const user = await server.users.create(NAME);
  try {
    const policy = await server.users.policy(user.vendorId);
    await server.users.setEnabled(user.vendorId, !policy.enabled);
    const { enabled } = await server.users.policy(user.vendorId);
    if (enabled === policy.enabled) throw new AppError('VENDOR_ANSWER_INVALID', 'The account did not change.', { reason: 'no-effect' });
  } finally {
    await server.users.remove(user.vendorId);
  }
}

async function playlist(server: MediaServer, { userId, itemId }: Known): Promise<void> {
  if (userId === '' || itemId === '') throw new AppError('NOT_FOUND', 'There is no account or no title.', { reason: 'nothing-to-list' });
  const made = await server.playlists.ensure(userId, { name: NAME, itemIds: [itemId] });
  try {
    const items = await server.playlists.items(userId, made.vendorId);
    if (items.join() !== itemId) throw new AppError('VENDOR_ANSWER_INVALID', 'The playlist holds something else.', { reason: 'no-effect' });
  } finally {
    await server.playlists.remove(userId, made.vendorId);
  }
}
