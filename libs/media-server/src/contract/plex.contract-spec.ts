import { startPlex } from '@usher/testing';
import { describeMediaServer } from './describe-media-server.js';
import { benchOf } from './simulator-bench.js';

describeMediaServer('Plex 1.42', async () => benchOf(await startPlex()));
