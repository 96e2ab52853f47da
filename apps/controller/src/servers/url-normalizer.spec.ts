import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalizeUrl } from './url-normalizer.js';

describe('normalizeUrl', () => {
  it.each([
    ['HTTP://Attic.Example:80/', 'http://attic.example'],
    ['https://attic.example:443', 'https://attic.example'],
    ['https://attic.example:8920/Emby//', 'https://attic.example:8920/Emby'],
    [' http://attic.example. ', 'http://attic.example'],
    ['http://192.168.1.9:8096', 'http://192.168.1.9:8096'],
    ['http://0x7f.1:32400', 'http://127.0.0.1:32400'],
    ['http://[::1]:8096/', 'http://[::1]:8096'],
    ['http://bücher.example', 'http://xn--bcher-kva.example'],
  ])('%s is %s', (given, expected) => expect(normalizeUrl(given)).toBe(expected));

  it.each(['', '192.168.1.9:8096', 'ftp://a.example', 'http://', 'http://a b', 'http://me:secret@a.example', 'http://me@a.example', 'http://a.example?', 'http://a.example/#x', 'javascript:alert(1)', `http://${'a'.repeat(2000)}`])(
    'refuses %j and names the field',
    (given) => {
      expect(() => normalizeUrl(given)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED', details: { field: 'url' } }));
      expect(() => normalizeUrl(given)).not.toThrow(/secret/);
    },
  );

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ['http', 'https'] }), (url) => {
        const once = normalizeUrl(url);
        expect(normalizeUrl(once)).toBe(once);
      }),
    );
  });
});
