import { startJellyfin } from '@usher/testing';
import { describeDeviations } from './documented-requests.js';
import { describeMediaServer } from './describe-media-server.js';
import { benchOf } from './simulator-bench.js';

describeMediaServer('Jellyfin 12', async () => benchOf(await startJellyfin()));
describeMediaServer('Jellyfin 10.11', async () => benchOf(await startJellyfin({ version: '10.11.11' })));
describeMediaServer('Jellyfin 10.10', async () => benchOf(await startJellyfin({ version: '10.10.7' })));
describeDeviations('jellyfin');
