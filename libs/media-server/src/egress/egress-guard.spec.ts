import { describe, expect, it } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { addressClass, unmapped } from './address-class.js';
import { EgressGuard, originOf, parseServerUrl, type EgressPolicy, type Resolve } from './egress-guard.js';

const answers = (...addresses: string[]): Resolve => async () =>
  addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }));

const lookup = (policy: EgressPolicy, url: string, resolve: Resolve, options: object = { all: true }): Promise<unknown> => {
  const guard = new EgressGuard(policy, resolve);
  return new Promise((done, fail) => {
    guard.lookupFor(parseServerUrl(url))(new URL(url).hostname, options, (error, result, family) => (error ? fail(error) : done(family ? [result, family] : result)));
  });
};

describe('addressClass', () => {
  it.each([
    ['169.254.169.254', 'blocked'],
    ['::ffff:169.254.169.254', 'blocked'],
    ['::ffff:a9fe:a9fe', 'blocked'],
    ['fe80::1', 'blocked'],
    ['fe80::1%eth0', 'blocked'],
    ['64:ff9b::a00:1', 'blocked'],
    ['2002:a00:1::', 'blocked'],
    ['224.0.0.1', 'blocked'],
    ['ff02::1', 'blocked'],
    ['0.0.0.0', 'blocked'],
    ['::', 'blocked'],
    ['255.255.255.255', 'blocked'],
    ['100.100.100.200', 'blocked'],
    ['fd00:ec2::254', 'blocked'],
    ['not an address', 'blocked'],
    ['100.64.0.1', 'shared'],
    ['10.1.2.3', 'private'],
    ['::ffff:10.1.2.3', 'private'],
    ['127.0.0.1', 'private'],
    ['::1', 'private'],
    ['fd12::1', 'private'],
    ['192.168.1.5', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.1', 'public'],
    ['8.8.8.8', 'public'],
    ['2606:4700::1111', 'public'],
  ])('%s is %s', (address, expected) => {
    expect(addressClass(address)).toBe(expected);
  });

  it('reads the IPv4 address out of its IPv6 forms', () => {
    expect(unmapped('::FFFF:7f00:1')).toBe('127.0.0.1');
    expect(unmapped('::ffff:192.168.0.1')).toBe('192.168.0.1');
    expect(unmapped('2606:4700:0:0::1')).toBe('2606:4700::1');
  });
});

describe('EgressGuard.checkUrl', () => {
  const home = new EgressGuard({ profile: 'home', ownPorts: [8747] });
  const hosted = new EgressGuard({ profile: 'hosted', allowCidrs: ['10.8.0.0/16', '100.64.0.0/10'] });

  it.each(['http://127.0.0.1:8096', 'http://192.168.1.2/jellyfin', 'http://[fd12::1]:8096', 'https://8.8.8.8', 'http://8.8.8.8', 'http://media.lan'])('home reaches %s', (url) => {
    expect(home.checkUrl(url).hostname).toBeTruthy();
  });

  it.each(['http://169.254.169.254', 'http://0xa9fea9fe/', 'http://2852039166', 'http://[::ffff:169.254.1.1]', 'http://[fe80::1]', 'http://100.64.1.1', 'http://0.0.0.0:8096', 'http://127.0.0.1:8747', 'http://[::1]:8747'])(
    'home never reaches %s',
    (url) => {
      expect(() => home.checkUrl(url)).toThrow(expect.objectContaining({ code: 'EGRESS_BLOCKED' }));
    },
  );

  it.each(['http://127.0.0.1:8096', 'http://192.168.1.2', 'http://10.9.0.1', 'http://8.8.8.8'])('hosted never reaches %s', (url) => {
    expect(() => hosted.checkUrl(url)).toThrow(expect.objectContaining({ code: 'EGRESS_BLOCKED' }));
  });

  it.each(['http://10.8.1.1:8096', 'https://8.8.8.8', 'http://100.64.1.1'])('hosted reaches %s', (url) => {
    expect(hosted.checkUrl(url).hostname).toBeTruthy();
  });

  it.each(['', 'media.lan:8096', 'ftp://media.lan', 'file:///etc/passwd', 'http://', 'http://user:pw@media.lan', 'javascript:alert(1)'])('refuses %p as an address', (url) => {
    expect(() => home.checkUrl(url)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
  });

  it('keeps a base path and drops query, fragment and the slash at the end', () => {
    expect(originOf(home.checkUrl(' https://Media.Example/jellyfin/?a=b#c '))).toBe('https://media.example/jellyfin');
    expect(originOf(home.checkUrl('http://media.lan:8096/'))).toBe('http://media.lan:8096');
  });

  it('says what is wrong with a network that is none', () => {
    expect(() => new EgressGuard({ profile: 'home', allowCidrs: ['10.0.0.0/33'] })).toThrow('not a network');
  });
});

describe('EgressGuard.lookupFor', () => {
  it('hands on what was checked, in both forms that sockets ask for', async () => {
    await expect(lookup({ profile: 'home' }, 'http://media.lan', answers('192.168.1.2'))).resolves.toEqual([{ address: '192.168.1.2', family: 4 }]);
    await expect(lookup({ profile: 'home' }, 'http://media.lan', answers('192.168.1.2'), {})).resolves.toEqual(['192.168.1.2', 4]);
  });

  it('refuses when any answer is blocked', async () => {
    await expect(lookup({ profile: 'home' }, 'http://media.lan', answers('192.168.1.2', '169.254.169.254'))).rejects.toMatchObject({ code: 'EGRESS_BLOCKED' });
  });

  it('refuses a public name that turns private (rebinding) where only public ones are allowed', async () => {
    await expect(lookup({ profile: 'hosted' }, 'https://media.example', answers('127.0.0.1'))).rejects.toMatchObject({ code: 'EGRESS_BLOCKED' });
  });

  it('refuses plain http to a public address of a hosted Usher', async () => {
    await expect(lookup({ profile: 'hosted' }, 'http://media.example', answers('8.8.8.8'))).rejects.toMatchObject({ details: { reason: 'plain-http' } });
    await expect(lookup({ profile: 'hosted', allowPlainHttp: true }, 'http://media.example', answers('8.8.8.8'))).resolves.toHaveLength(1);
  });

  it("refuses Usher's own port under any name", async () => {
    await expect(lookup({ profile: 'home', ownPorts: [8747] }, 'http://usher.lan:8747', answers('127.0.0.1'))).rejects.toMatchObject({ details: { reason: 'own-port' } });
  });

  it('passes the error of a name that is not found', async () => {
    const failing: Resolve = () => Promise.reject(Object.assign(new Error('nothing'), { code: 'ENOTFOUND' }));
    await expect(lookup({ profile: 'home' }, 'http://nowhere.lan', failing)).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(lookup({ profile: 'home' }, 'http://nowhere.lan', answers())).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});
