import { describe, expect, it } from '@jest/globals';
import type { IgnoredDevice } from '@usher/contracts';
import { vendorSession } from '../../test/support.js';
import { withoutIgnored } from './ignored-devices.js';

const tv = vendorSession({ vendorId: 'tv', deviceId: 'tv-1', deviceName: 'Living Room TV', client: 'Android TV' });
const bot = vendorSession({ vendorId: 'bot', deviceId: 'bot-1', deviceName: 'dashboard-7', client: 'Homepage' });
const nameless = vendorSession({ vendorId: 'x', deviceId: null, deviceName: null, client: null });

describe('withoutIgnored', () => {
  it.each<[IgnoredDevice[], string[]]>([
    [[], ['tv', 'bot', 'x']],
    [[{}], ['tv', 'bot', 'x']],
    [[{ deviceId: 'bot-1' }], ['tv', 'x']],
    [[{ deviceId: 'BOT-1' }], ['tv', 'bot', 'x']],
    [[{ client: 'homepage' }], ['tv', 'x']],
    [[{ namePattern: 'DASHBOARD-*' }], ['tv', 'x']],
    [[{ namePattern: '*room*tv' }], ['bot', 'x']],
    [[{ namePattern: 'room' }], ['tv', 'bot', 'x']],
    [[{ namePattern: '*' }], ['x']],
    [[{ namePattern: 'living room tv*living room tv' }], ['tv', 'bot', 'x']],
    [[{ namePattern: '*', client: 'Homepage' }], ['tv', 'x']],
    [[{ deviceId: 'tv-1' }, { deviceId: 'bot-1' }], ['x']],
  ])('%j leaves %j', (rules, left) => {
    expect(withoutIgnored([tv, bot, nameless], rules).map(({ vendorId }) => vendorId)).toEqual(left);
  });

  it('takes letters of patterns for themselves', () => {
    expect(withoutIgnored([tv], [{ namePattern: '.*' }])).toHaveLength(1);
    expect(withoutIgnored([vendorSession({ deviceName: 'a.*b' })], [{ namePattern: 'A.**b' }])).toEqual([]);
  });

  it('is done quickly with a hostile pattern', () => {
    const session = vendorSession({ deviceName: 'a'.repeat(500) });
    expect(withoutIgnored([session], [{ namePattern: `${'*a'.repeat(99)}*b` }])).toHaveLength(1);
  });
});
