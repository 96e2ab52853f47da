import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { Secret, scrubSecrets } from './secret.js';

const VALUE = 'k9XbT4mQ2pLr7WzN-tail';

describe('Secret', () => {
  const secret = Secret.of(VALUE);

  it('gives its value to reveal() only', () => {
    expect(secret.reveal()).toBe(VALUE);
    const printed = [String(secret), `${secret as unknown as string}`, JSON.stringify({ secret }), inspect(secret), inspect({ deep: { secret } }, { showHidden: true }), Object.keys(secret).join()];
    for (const text of printed) expect(text).not.toContain('k9X');
    expect(inspect(new Error('x', { cause: secret }))).not.toContain('k9X');
    expect(JSON.stringify(structuredClone(secret))).not.toContain('k9X');
  });

  it('is taken out of lines wherever it stands', () => {
    expect(scrubSecrets(`{"a":"${VALUE}"}`)).toBe('{"a":"[secret]"}');
    expect(scrubSecrets(`prefix${VALUE} rest`)).toBe('prefix[secret] rest');
    expect(scrubSecrets('nothing of the kind')).toBe('nothing of the kind');
  });

  it('is taken out when it is short, or has blanks in it', () => {
    const short = Secret.of('hunter22');
    const phrase = Secret.of('correct horsebattery!');
    expect(scrubSecrets('it was hunter22.')).toBe('it was [secret].');
    expect(scrubSecrets('correct horsebattery!')).not.toContain('horsebattery');
    expect([short, phrase].map((kept) => kept.reveal().length)).toEqual([8, 21]);
  });
});

describe('scrubSecrets', () => {
  it.each([
    ['https://p/x?X-Plex-Token=abcdef&b=1', 'https://p/x?X-Plex-Token=[secret]&b=1'],
    ['https://j/x?ApiKey=abc123', 'https://j/x?ApiKey=[secret]'],
    ['https://j/x?apikey=abc123&y', 'https://j/x?apikey=[secret]&y'],
    ['/x?api_key=abc123', '/x?api_key=[secret]'],
    ['"X-Emby-Token":"abc123"', '"X-Emby-Token":"[secret]"'],
    ['MediaBrowser Client="u", Token="abc123"', 'MediaBrowser Client="u", Token="[secret]"'],
    ['token ushe1_eyJ2IjoxfQ.c2VjcmV0 used', 'token [secret] used'],
    ['api ushp_abc123', 'api [secret]'],
    ['jwt eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl', 'jwt [secret]'],
    [`seed SUA${'B'.repeat(55)}`, 'seed [secret]'],
    ['at postgres://usher:pass@db/usher', 'at postgres://usher:[secret]@db/usher'],
  ])('cleans %s', (line, clean) => {
    expect(scrubSecrets(line)).toBe(clean);
  });
});
