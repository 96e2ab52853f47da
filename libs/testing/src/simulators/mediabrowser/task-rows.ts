import type { SimulatorCore } from '../base/core.js';
import type { CatalogueItem, CatalogueLibrary } from '../base/media.js';
import type { SimulatedRequest } from '../base/message.js';

/** Only a scan of everything is a task of the server; refreshes of single things show nowhere. */
export function scanTask({ tasks }: SimulatorCore, name: string, id: string): object {
  const scan = tasks.running().find((task) => task.kind === 'scan' && task.library === null);
  const state = scan === undefined ? { State: 'Idle' } : { State: 'Running', CurrentProgressPercentage: scan.progress };
  return { Name: name, ...state, Id: id, Triggers: [], Description: '', Category: 'Library', IsHidden: false, Key: 'RefreshLibrary' };
}

/** `Default` looks for files, `FullRefresh` reads metadata; what is replaced says how thoroughly. */
export function startRefresh({ tasks }: SimulatorCore, request: SimulatedRequest, found: { library?: CatalogueLibrary; item?: CatalogueItem }): void {
  const reads = request.query.get('metadatarefreshmode')?.toLowerCase() === 'fullrefresh';
  tasks.start(reads ? 'refresh' : 'scan', { ...found, full: request.query.get('replaceallmetadata')?.toLowerCase() === 'true' });
}
