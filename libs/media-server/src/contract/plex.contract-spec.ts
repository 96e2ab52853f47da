import { startPlex } from '@usher/testing';
import { describeDeviations } from './documented-requests.js';
import { describeMediaServer } from './describe-media-server.js';
import { benchOf } from './simulator-bench.js';

describeMediaServer('Plex 1.42', async () => benchOf(await startPlex()));
describeMediaServer('Plex that knows no filters', async () => benchOf(await startPlex({ version: '1.41.6.9685-d301f511a', knowsFilters: false })));
describeDeviations('plex');
