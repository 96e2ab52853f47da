import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from './idempotency.service.js';

describe('canonicalJson', () => {
  it('is the same for the same request, whatever the order of its fields', () => {
    expect(canonicalJson({ b: [{ y: 1, x: 2 }], a: null })).toBe(canonicalJson({ a: null, b: [{ x: 2, y: 1 }] }));
  });

  it('differs where the order means something', () => expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1])));
});
