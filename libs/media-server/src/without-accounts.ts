import { AppError, type Capability } from '@usher/contracts';
import type { MediaServer } from './media-server.js';

const missing = (capability: Capability) => (): Promise<never> =>
  Promise.reject(new AppError('CAPABILITY_MISSING', `This media server cannot do that (${capability}).`, { capability }));

/** Of an adapter that knows accounts by name only. */
export const withoutAccounts: { readonly users: Omit<MediaServer['users'], 'list'>; readonly watchStates: MediaServer['watchStates'] } = {
  users: { policy: missing('users.policy'), create: missing('users.create'), applyPolicy: missing('users.policy'), remove: missing('users.remove'), reach: missing('watchStates.read') },
  watchStates: { list: missing('watchStates.read'), read: missing('watchStates.read'), set: missing('watchStates.write') },
};
