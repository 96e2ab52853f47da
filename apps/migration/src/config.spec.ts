import { describe, expect, it } from '@jest/globals';
import { loginFileOf, readMigrationConfig } from './config.js';

describe('the configuration of the migration service', () => {
  it('needs the broker and the database only', () => {
    const config = readMigrationConfig({ USHER_NATS_URL: 'nats://127.0.0.1:4222', USHER_DATABASE_URL: 'postgresql://usher@127.0.0.1/usher' });
    expect(config).toMatchObject({ port: 8750, bind: '127.0.0.1' });
    expect(loginFileOf(config)).toBe('.usher/keys/migration.login.json');
    expect(loginFileOf({ ...config, loginFile: '/keys/login.json' })).toBe('/keys/login.json');
  });

  it('names everything that is wrong', () => {
    expect(() => readMigrationConfig({ USHER_NATS_URL: 'http://x', USHER_DATABASE_URL: 'mysql://x', USHER_MIGRATION_PORT: '99999' })).toThrow(/USHER_DATABASE_URL[\s\S]*USHER_NATS_URL[\s\S]*USHER_MIGRATION_PORT/);
  });
});
