import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@usher/platform';
import { credsFileOf, readConfig } from './config.js';

describe('configuration of the agent host', () => {
  it('needs the broker only', () => {
    const config = readConfig({ USHER_NATS_URL: 'nats://127.0.0.1:4222', USHER_DATA_DIR: '/data' });
    expect(config).toMatchObject({ egress: 'hosted', allowPrivateCidrs: [], plexTvUrl: 'https://plex.tv', controllerUrl: undefined });
    expect(credsFileOf(config)).toBe('/data/keys/agent-host.creds');
    expect(credsFileOf({ ...config, credsFile: '/run/creds' })).toBe('/run/creds');
  });

  it('names every problem and no value', () => {
    const reading = () => readConfig({ USHER_NATS_URL: 'http://secret-value', USHER_EGRESS: 'everywhere', USHER_CONTROLLER_URL: 'ftp://x' });
    expect(reading).toThrow(ConfigError);
    expect(reading).toThrow(/USHER_NATS_URL[\s\S]*USHER_CONTROLLER_URL[\s\S]*USHER_EGRESS/);
    expect(reading).not.toThrow(/secret-value/);
  });
});
