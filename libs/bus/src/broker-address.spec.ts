import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createLogger } from '@usher/platform';
import { brokerOptions, checkBrokerVersion, isLoopback, placesOf } from './broker-address.js';
import { connectWithin, HubConnection } from './hub-connection.js';

describe('a broker address', () => {
  it.each([
    ['nats://127.0.0.1:4222', true],
    ['127.0.0.2:4222', true],
    ['nats://[::1]:4222', true],
    ['nats://localhost', true],
    ['nats://127.evil.example:4222', false],
    ['nats://10.0.0.1', false],
    ['nats://0.0.0.0:4222', false],
    ['tls://nats.example', false],
  ])('%s is loopback: %s', (url, expected) => {
    expect(isLoopback(url)).toBe(expected);
    expect(isLoopback([url, 'nats://nats.example'])).toBe(false);
    expect('tls' in brokerOptions({ url })).toBe(!expected);
  });

  it('is told to people without what else it holds', () => {
    expect(placesOf('nats://user:pass@127.0.0.1:4222')).toBe('127.0.0.1:4222');
    expect(placesOf(['nats.example:4333', 'tls://[::1]:4222'])).toBe('nats.example:4333, [::1]:4222');
  });

  it('where nobody answers is named by the error, with what was waited for and what to do', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await expect(connectWithin({ servers: `127.0.0.1:${port}` }, 1_000)).rejects.toThrow(new RegExp(`^the broker at 127\\.0\\.0\\.1:${port} did not answer within 1 s \\(.+\\); look whether the broker runs`));
  });

  it('off loopback is tried with TLS of its own name and authority', () => {
    const { tls } = brokerOptions({ url: ['nats://10.1.2.3:4222'], caPem: 'PEM' }) as unknown as { tls: { ca: string; checkServerIdentity(name: string, certificate: object): Error | undefined } };
    expect(tls.ca).toBe('PEM');
    expect(tls.checkServerIdentity('localhost', { subject: { CN: 'x' }, subjectaltname: 'IP Address:10.1.2.3' })).toBeUndefined();
    expect(tls.checkServerIdentity('localhost', { subject: { CN: 'x' }, subjectaltname: 'IP Address:10.9.9.9' })).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(tls.checkServerIdentity('nats.example', { subject: { CN: 'x' }, subjectaltname: 'DNS:nats.example' })).toBeUndefined();
  });
});

describe('the version floor', () => {
  it.each(['2.14.3', '2.14.10', '2.15.0', '3.0.0', '2.12.12', '2.12.13'])('%s may serve everybody', (version) => {
    expect(checkBrokerVersion(version, 'nats://nats.example')).toBeNull();
  });

  it.each(['2.9.10', '2.11.99', '2.12.11', '2.13.5', '2.14.2', 'odd'])('%s may serve this machine only', (version) => {
    expect(checkBrokerVersion(version, 'nats://127.0.0.1:4222')).toContain('this machine only');
    expect(() => checkBrokerVersion(version, 'nats://nats.example')).toThrow(expect.objectContaining({ code: 'BROKER_TOO_OLD' }));
  });
});

describe('a plain broker off loopback', () => {
  let server: Server;
  let received = '';
  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('data', (data) => (received += data.toString()));
      socket.on('error', () => socket.destroy());
      socket.write('INFO {"server_id":"x","version":"2.15.0","proto":1,"headers":true,"max_payload":1048576,"nonce":"abc","auth_required":true}\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  });
  afterAll(() => void server.close());

  it('gets neither a login nor anything else', async () => {
    const logger = createLogger({ service: 'test', level: 'error', destination: { write: () => undefined } });
    for (const scheme of ['nats', 'tls']) {
      const url = `${scheme}://0.0.0.0:${(server.address() as AddressInfo).port}`;
      await expect(HubConnection.connect({ url, creds: 'unused', service: 'controller', logger })).rejects.toThrow(/tls/i);
    }
    expect(received).toBe('');
  });
});
