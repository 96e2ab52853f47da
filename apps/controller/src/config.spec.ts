import { describe, expect, it } from '@jest/globals';
import { basePathOf, internalUrlOf, keyRingPath, publicUrlOf, readControllerConfig } from './config.js';

const needed = { USHER_DATABASE_URL: 'postgresql://localhost/usher', USHER_NATS_URL: 'nats://127.0.0.1:4222' };

describe('the configuration', () => {
  it('stands on two variables', () => {
    const config = readControllerConfig(needed);
    expect([publicUrlOf(config).origin, basePathOf(config), internalUrlOf(config)]).toEqual(['http://127.0.0.1:8747', '', 'http://127.0.0.1:8747']);
    expect(keyRingPath(config)).toBe('.usher/keys/keyring.json');
    expect([config.demo, config.development, config.trustedProxies]).toEqual([false, false, []]);
  });

  it('carries the path of the public address to the inner one', () => {
    const config = readControllerConfig({ ...needed, USHER_PUBLIC_URL: 'https://media.example/usher/', USHER_PORT: '9000' });
    expect([basePathOf(config), internalUrlOf(config)]).toEqual(['/usher', 'http://127.0.0.1:9000/usher']);
  });

  it('tells every problem at once', () => {
    expect(() => readControllerConfig({ USHER_PORT: 'x', USHER_PUBLIC_URL: 'media.example' })).toThrow(/4 problems/);
  });
});
