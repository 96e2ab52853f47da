import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot, testConfig } from './config.js';

describe('test configuration', () => {
  it('takes empty variables as absent', () => {
    expect(testConfig({ USHER_TEST_DATABASE_URL: '', USHER_TEST_NATS_SERVER: '/bin/nats' })).toEqual({
      databaseUrl: undefined,
      natsServer: '/bin/nats',
      recordingsDir: undefined,
      demoDir: undefined,
      demoServers: undefined,
      path: '',
    });
  });

  it('finds the root of the repository', () => {
    expect(existsSync(path.join(repositoryRoot(), 'prisma', 'schema.prisma'))).toBe(true);
  });
});
