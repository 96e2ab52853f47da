import type { Problem } from '../../api/problem.js';
import { age } from '../../format/units.js';

const MINUTE = 60_000;

/** A refused sign-in in words: wrong, used or expired code, wrong password, or how long to wait. */
export function signInWords(problem: Problem): Problem {
  const wait = problem.details['retryAfterMs'];
  if (problem.code === 'RATE_LIMITED' && typeof wait === 'number') {
    const rounded = wait < MINUTE ? Math.ceil(wait / 1_000) * 1_000 : Math.ceil(wait / MINUTE) * MINUTE;
    return { ...problem, next: `Wait ${age(rounded)}, then try again. Nothing that you try before counts.` };
  }
  if (problem.code === 'SIGN_IN_FAILED' && problem.details['reason'] === 'code') {
    return {
      ...problem,
      message: 'This code is wrong, was used before or has expired.',
      next: 'A code lives for 15 minutes and works once. Usher prints a new one when it is started with --sign-in.',
    };
  }
  return problem;
}
