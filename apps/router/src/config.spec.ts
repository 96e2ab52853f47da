import { describe, expect, it } from '@jest/globals';
import { basePathOf, loginFileOf, readRouterConfig } from './config.js';

describe('the configuration of the router', () => {
  it('needs the broker only', () => {
    const config = readRouterConfig({ USHER_NATS_URL: 'nats://127.0.0.1:4222' });
    expect(config).toMatchObject({ port: 8748, trustedProxies: [] });
    expect(loginFileOf(config)).toBe('.usher/keys/router.login.json');
    expect(basePathOf(config)).toBe('');
  });

  it('serves below the path of the public address', () => {
    expect(basePathOf({ publicUrl: 'https://media.test/usher/' })).toBe('/usher');
  });

  it('names everything that is wrong', () => {
    expect(() => readRouterConfig({ USHER_NATS_URL: 'http://x', USHER_ROUTER_PORT: '99999', USHER_PUBLIC_URL: 'ftp://x' })).toThrow(/USHER_NATS_URL[\s\S]*USHER_ROUTER_PORT[\s\S]*USHER_PUBLIC_URL/);
  });
});
