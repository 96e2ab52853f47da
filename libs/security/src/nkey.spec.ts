import { describe, expect, it } from '@jest/globals';
import { createAccount, createOperator, createUser, fromPublic, fromSeed } from '@nats-io/nkeys';
import { inspect } from 'node:util';
import { Nkey, isSignedByNkey, type NkeyKind } from './nkey.js';

const text = new TextEncoder().encode('nonce');
const theirs = { operator: createOperator, account: createAccount, user: createUser };

describe.each(['operator', 'account', 'user'] as const)('an nkey of kind %s', (kind: NkeyKind) => {
  it('is the same key as in the nkeys package, both ways', () => {
    const pair = theirs[kind]();
    const ours = new Nkey(new TextDecoder().decode(pair.getSeed()));
    expect(ours.getPublicKey()).toBe(pair.getPublicKey());
    expect([...ours.getPrivateKey()]).toEqual([...pair.getPrivateKey()]);
    expect([...ours.sign(text)]).toEqual([...pair.sign(text)]);

    const made = Nkey.create(kind);
    expect(fromSeed(new TextEncoder().encode(made.seed)).getPublicKey()).toBe(made.getPublicKey());
    expect(fromPublic(made.getPublicKey()).verify(text, new Uint8Array(made.sign(text)))).toBe(true);
    expect(made.verify(text, made.sign(text))).toBe(true);
    expect(isSignedByNkey(kind, made.getPublicKey(), text, made.sign(text))).toBe(true);
    expect(inspect(made, { showHidden: true })).not.toContain(made.seed);
  });
});

describe('a signature', () => {
  it('does not hold for another key, kind, text or length', () => {
    const key = Nkey.create('user');
    const signature = key.sign(text);
    const pub = key.getPublicKey();
    expect(isSignedByNkey('user', Nkey.create('user').getPublicKey(), text, signature)).toBe(false);
    expect(isSignedByNkey('account', pub, text, signature)).toBe(false);
    expect(isSignedByNkey('user', pub, new Uint8Array(3), signature)).toBe(false);
    expect(isSignedByNkey('user', pub, text, signature.subarray(1))).toBe(false);
    for (const bad of ['', '*', `${pub.slice(0, -1)}${pub.endsWith('A') ? 'B' : 'A'}`, pub.toLowerCase()]) expect(isSignedByNkey('user', bad, text, signature)).toBe(false);
  });

  it('is not made by what is no seed', () => {
    for (const bad of ['', 'SU', Nkey.create('user').getPublicKey(), `${Nkey.create('user').seed.slice(0, -1)}!`]) expect(() => new Nkey(bad)).toThrow('not an nkey');
    const key = Nkey.create('user');
    for (const call of [() => key.seal(), () => key.open(), () => key.clear()]) expect(call).toThrow();
  });
});
