import { startEmby } from '@usher/testing';
import { describeDeviations } from './documented-requests.js';
import { describeMediaServer } from './describe-media-server.js';
import { benchOf } from './simulator-bench.js';

describeMediaServer('Emby 4.9', async () => benchOf(await startEmby()));
describeMediaServer('Emby 4.8', async () => benchOf(await startEmby({ version: '4.8.11.0' })));
describeMediaServer('Emby 4.10', async () => benchOf(await startEmby({ version: '4.10.0.1' })));
describeDeviations('emby');
