import { describe, expect, it } from '@jest/globals';
import { Actor } from '../auth/actor.js';
import { loaderOf, type GraphqlContext } from './context.js';

describe('loader of a request', () => {
  const context = (): GraphqlContext => ({ actor: Actor.host(), correlationId: 'c', userAgent: null, loaders: new Map() });

  it('asks once for all parents of a list', async () => {
    const asked: (readonly string[])[] = [];
    const request = context();
    const load = (key: string) =>
      loaderOf<string, string>(request, 'names', async (keys) => {
        asked.push(keys);
        return keys.map((each) => each.toUpperCase());
      }).load(key);
    expect(await Promise.all([load('a'), load('b')])).toEqual(['A', 'B']);
    expect(asked).toEqual([['a', 'b']]);
  });

  it('asks again for the next event of a subscription', async () => {
    const request = context();
    let count = 0;
    const load = () => loaderOf<string, number>(request, 'counts', async (keys) => keys.map(() => ++count)).load('attic');
    expect(await load()).toBe(1);
    expect(await load()).toBe(2);
  });
});
