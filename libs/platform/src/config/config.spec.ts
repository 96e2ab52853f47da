import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { commonVars } from './common.js';
import { ConfigError, envVar, loadConfig } from './config.js';

const shape = {
  port: commonVars.port,
  metrics: commonVars.metrics,
  url: commonVars.databaseUrl,
  word: envVar({ name: 'USHER_WORD', schema: z.string().optional(), description: 'a word' }),
};

describe('loadConfig', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "usher-config-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads, converts and falls back to defaults', () => {
    const config = loadConfig(shape, { USHER_PORT: '9000', USHER_METRICS: 'yes', USHER_DATABASE_URL: 'postgres://h/db', USHER_WORD: '' });
    expect(config).toEqual({ port: 9000, metrics: true, url: 'postgres://h/db', word: undefined });
  });

  it('names every problem at once and never a value', () => {
    const load = () => loadConfig(shape, { USHER_PORT: '99999', USHER_METRICS: 'perhaps', USHER_DATABASE_URL: 'mysql://secret@h' });
    expect(load).toThrow(ConfigError);
    try {
      load();
    } catch (error) {
      const { problems, message } = error as ConfigError;
      expect(problems.map((problem) => problem.split(':')[0])).toEqual(['USHER_PORT', 'USHER_METRICS', 'USHER_DATABASE_URL']);
      expect(message).not.toContain('secret');
    }
  });

  it('says what a missing variable is for', () => {
    expect(() => loadConfig({ url: commonVars.databaseUrl }, {})).toThrow(/USHER_DATABASE_URL: is required \(PostgreSQL 15/);
  });

  it('reads NAME_FILE, refuses both and a file that is not there', () => {
    const file = join(folder, 'url');
    writeFileSync(file, 'postgres://h/db\n');
    expect(loadConfig({ url: commonVars.databaseUrl }, { USHER_DATABASE_URL_FILE: file })).toEqual({ url: 'postgres://h/db' });
    expect(() => loadConfig({ url: commonVars.databaseUrl }, { USHER_DATABASE_URL_FILE: file, USHER_DATABASE_URL: 'postgres://x' })).toThrow('give one');
    expect(() => loadConfig({ url: commonVars.databaseUrl }, { USHER_DATABASE_URL_FILE: join(folder, 'none') })).toThrow('ENOENT');
  });
});
