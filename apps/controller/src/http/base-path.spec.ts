import { describe, expect, it } from '@jest/globals';
import { withBase } from './console-files.js';
import { locate } from './base-path.js';

describe('locate', () => {
  it.each([
    ['/graphql', '', { url: '/graphql' }],
    ['/media/usher/graphql?x=1', '/media/usher', { url: '/graphql?x=1' }],
    ['/media/usher/', '/media/usher', { url: '/' }],
    ['/media/usher', '/media/usher', { redirect: '/media/usher/' }],
    ['/media/usher?a=/b', '/media/usher', { redirect: '/media/usher/?a=/b' }],
    ['/health/ready', '/media/usher', { url: '/health/ready' }],
    ['/media/usherette', '/media/usher', null],
    ['/graphql', '/media/usher', null],
    ['/healthy', '/media/usher', null],
  ])('%s below %j is %j', (url, basePath, expected) => expect(locate(url, basePath)).toEqual(expected));
});

describe('withBase', () => {
  it('sets the one base of a page and escapes it', () => {
    expect(withBase('<html><head lang="en"><base href="./"><title>', '/a"&b/')).toBe('<html><head lang="en"><base href="/a&quot;&amp;b/"><title>');
  });
});
