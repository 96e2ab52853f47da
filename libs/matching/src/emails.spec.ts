import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emailSkeleton, normalizeEmail } from './emails.js';

describe('an e-mail address', () => {
  it.each([
    ['  Tomas@Reyes.Example ', 'tomas@reyes.example'],
    ['ana+tv@martin.example', 'ana+tv@martin.example'],
    ['a.n.a@martin.example', 'a.n.a@martin.example'],
    ['ana@bücher.example', 'ana@xn--bcher-kva.example'],
    ['ame\u0301lie@reyes.example', 'am\u00e9lie@reyes.example'],
    ['“odd”@reyes.example', '“odd”@reyes.example'],
  ])('%s is kept as %s', (text, normal) => expect(normalizeEmail(text)).toBe(normal));

  it.each([
    ['nothing', ''],
    ['no @', 'leo.brandt.example'],
    ['no dot in the domain', 'leo@brandt'],
    ['nothing before the @', '@brandt.example'],
    ['two @', 'leo@x@brandt.example'],
    ['a blank', 'leo brandt@x.example'],
    ['a line break', 'leo\n@brandt.example'],
    ['a zero-width letter', 'le\u200bo@brandt.example'],
    ['a turn of direction', 'le\u202eo@brandt.example'],
    ['two dots', 'leo..b@brandt.example'],
    ['a dot at the end', 'leo.@brandt.example'],
    ['10 kB', `${'x'.repeat(10_000)}@brandt.example`],
    ['more than 254 bytes', `leo@${'x'.repeat(60)}.${'y'.repeat(60)}.${'z'.repeat(60)}.${'w'.repeat(60)}.example`],
    ['a name around it', 'Leo <leo@brandt.example>'],
  ])('with %s is none', (_, text) => expect(normalizeEmail(text)).toBeNull());

  it('has one form, whatever comes in', () => {
    fc.assert(fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: 'binary' })), (text) => {
      const normal = normalizeEmail(text);
      expect(normal === null || normalizeEmail(normal) === normal).toBe(true);
    }));
  });
});

describe('a look-alike', () => {
  it.each([
    ['a Cyrillic letter', 'klara@lind.example', 'kl\u0430ra@lind.example'],
    ['1 for l', 'klara@lind.example', 'k1ara@lind.example'],
    ['rn for m', 'tomas@reyes.example', 'tornas@reyes.example'],
    ['an accent', 'tomas@reyes.example', 'tom\u00e1s@reyes.example'],
    ['a Greek letter in the domain', 'ana@apple.example', normalizeEmail('ana@\u03b1pple.example')!],
    ['0 for o', 'jun@mori.example', 'jun@m0ri.example'],
  ])('by %s is seen', (_, email, other) => {
    expect(other).not.toBe(email);
    expect(emailSkeleton(other)).toBe(emailSkeleton(email));
  });

  it('is not an address that reads otherwise', () => {
    expect(emailSkeleton('ana@martin.example')).not.toBe(emailSkeleton('eva@martin.example'));
  });
});
