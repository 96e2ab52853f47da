import { describe, expect, it } from '@jest/globals';
import { planList } from './list-plan.js';

const plan = (current: string, wanted: string) => {
  const { keep, add } = planList([...current], [...wanted]);
  return [keep, add.join('')];
};

describe('the way from one list to another', () => {
  it.each([
    ['', 'abc', 0, 'abc'],
    ['abc', 'abc', 3, ''],
    ['abc', 'abcd', 3, 'd'],
    ['abc', 'acb', 1, 'cb'],
    ['abc', 'ab', 2, ''],
    // the second a is named by the same id as the first: both go
    ['aba', 'ab', 0, 'ab'],
    ['abca', 'abc', 0, 'abc'],
    ['bacac', 'bac', 1, 'ac'],
  ])('%s → %s keeps %i and adds %s', (current, wanted, keep, add) => {
    expect(plan(current, wanted)).toEqual([keep, add]);
  });
});
