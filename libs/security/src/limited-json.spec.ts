import { describe, expect, it } from '@jest/globals';
import { MAX_MESSAGE_BYTES, parseLimitedJson } from './limited-json.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const refusedFor = (reason: string) => expect.objectContaining({ code: 'MESSAGE_INVALID', details: { reason } });

describe('parseLimitedJson', () => {
  it('takes what is small and shallow', () => {
    expect(parseLimitedJson(bytes('{"a":[1,"]]]{{{\\"[["]}'))).toEqual({ a: [1, ']]]{{{"[['] });
    expect(parseLimitedJson(bytes(`${'['.repeat(32)}${']'.repeat(32)}`))).toBeDefined();
    expect(parseLimitedJson(bytes(`[${'[],'.repeat(500)}[]]`))).toHaveLength(501);
  });

  it('refuses the rest before any parser sees it', () => {
    expect(() => parseLimitedJson(bytes(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`))).toThrow(refusedFor('nesting'));
    expect(() => parseLimitedJson(bytes('['.repeat(200_000)))).toThrow(refusedFor('nesting'));
    expect(() => parseLimitedJson(new Uint8Array(MAX_MESSAGE_BYTES + 1))).toThrow(refusedFor('size'));
    expect(() => parseLimitedJson(bytes('{'))).toThrow(refusedFor('encoding'));
    expect(() => parseLimitedJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(refusedFor('encoding'));
  });
});
