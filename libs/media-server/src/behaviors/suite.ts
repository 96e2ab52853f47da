import { ACCOUNTS } from './accounts.js';
import type { Behavior } from './behavior.js';
import { CAPABILITY_PROOFS } from './capabilities.js';
import { LIBRARIES } from './libraries.js';
import { LISTS } from './lists.js';
import { PEOPLE } from './people.js';
import { SESSIONS } from './sessions.js';
import { STATES } from './states.js';
import { TITLES } from './titles.js';
import { WATCHING } from './watching.js';
import { WORK } from './work.js';

/** What every media server does, each written once: tried on the one in memory, on simulated ones, and on real ones. */
export const BEHAVIORS: readonly Behavior[] = [...SESSIONS, ...WATCHING, ...LIBRARIES, ...TITLES, ...ACCOUNTS, ...PEOPLE, ...STATES, ...LISTS, ...WORK, ...CAPABILITY_PROOFS];
