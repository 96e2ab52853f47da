import type { SimulatorCore } from '../base/core.js';
import type { CatalogueItem, CatalogueLibrary, SimulatedUser } from '../base/media.js';
import { stableHex } from '../base/random.js';

/** Items and libraries have decimal ids that mean something on this server only. */
export const itemId = (item: Pick<CatalogueItem | CatalogueLibrary, 'number'>): string => String(item.number);

/** What policies take for a library. */
export const libraryGuid = (core: SimulatorCore, library: CatalogueLibrary): string => stableHex(`library|${core.serverId}|${library.number}`);

export const userId = (core: SimulatorCore, user: SimulatedUser): string => stableHex(`user|${core.serverId}|${user.number}`);

export const findItem = (core: SimulatorCore, id: string): CatalogueItem | undefined => (/^\d+$/.test(id) ? core.catalogue.get(Number(id)) : undefined);

export const findUser = (core: SimulatorCore, id: string): SimulatedUser | undefined => core.users.find((user) => userId(core, user) === id.toLowerCase());

/** 4.9 names the source after the item, older versions use 32 hex digits. */
export function mediaSourceId(core: SimulatorCore, item: CatalogueItem): string {
  const [major = 0, minor = 0] = core.version.split('.').map(Number);
  return major > 4 || minor >= 9 ? `mediasource_${item.number}` : stableHex(`source|${item.path}`);
}
