import type { MismatchRule } from '@usher/api-client';

/** Rules of mismatches as people call them; apart from the page, as the Overview names them too. */
export const RULE_WORDS: Readonly<Record<MismatchRule, string>> = {
  TWO_PLACES: 'Two places at once',
  IMPOSSIBLE_TRAVEL: 'Impossible travel',
  SAME_EMAIL: 'Same e-mail, two people',
  LOOK_ALIKE_NAME: 'Look-alike name',
  DISABLED_ELSEWHERE: 'Disabled elsewhere',
  WATCH_STATE: 'Watch states differ',
  SHARED_DEVICE: 'One device, two users',
  NO_IDENTITY: 'Account without a person',
  UNKNOWN_USER: 'Unknown user plays',
  PERMISSION_DRIFT: 'Library on one server only',
  GHOST: 'Ghost',
};
