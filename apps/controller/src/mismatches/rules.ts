import { disabledElsewhere, ghost, lookAlikeName, noIdentity, sameEmail, sharedDevice, unknownUser } from './account.rules.js';
import { MISMATCH_RULES, type Finding, type MismatchRule, type RuleState } from './mismatch.js';
import { impossibleTravel, twoPlaces } from './place.rules.js';
import { permissionDrift } from './permission.rules.js';
import { watchStates } from './watch.rules.js';
import type { Account, World, WorldServer } from './world.js';

type Rule = (world: World) => Finding[];

/** Of the register alone: they need to be asked only when it was read anew. */
const REGISTER_RULES: readonly Rule[] = [sameEmail, lookAlikeName, permissionDrift];
const SESSION_RULES: readonly Rule[] = [twoPlaces, impossibleTravel, disabledElsewhere, watchStates, sharedDevice, noIdentity, unknownUser, ghost];

export function findingsOfRegister(world: World): Finding[] {
  return REGISTER_RULES.flatMap((rule) => rule(world));
}

export function findingsOfSessions(world: World): Finding[] {
  return SESSION_RULES.flatMap((rule) => rule(world));
}

/** Which rules can say something at all, and what they cannot see. */
export function ruleStatesOf(world: World): RuleState[] {
  const reasons = reasonsOf(world);
  return MISMATCH_RULES.map((rule) => ({ rule, ...(reasons[rule] ?? { runs: true, reason: null }) }));
}

type Reason = Omit<RuleState, 'rule'>;

function reasonsOf({ people, servers, sessions, accounts, looks }: World): Partial<Record<MismatchRule, Reason>> {
  const all = [...servers.values()];
  const unplaced = all.filter(({ location }) => location === null).length;
  const unread = all.filter(({ usersReadAtMs }) => usersReadAtMs === null).map(({ alias }) => alias);
  const nobody: Reason | undefined = people.size === 0 ? { runs: false, reason: 'No account is linked to a person yet.' } : undefined;
  const tooFewPlaces: Reason | undefined = all.length - unplaced < 2 ? { runs: false, reason: 'Fewer than two servers have a place.' } : undefined;
  const noAddresses: Reason | undefined = [...accounts.values()].every(({ email }) => email === null) ? { runs: false, reason: 'No server tells addresses of its accounts.' } : undefined;
  const noDevices: Reason | undefined = sessions.length > 0 && sessions.every(({ session }) => session.deviceId === null) ? { runs: false, reason: 'No server tells the ids of devices.' } : undefined;
  return {
    'two-places': nobody ?? (unplaced > 0 ? { runs: true, reason: `${unplaced} ${unplaced === 1 ? 'server has' : 'servers have'} no place: there local networks are told apart by their addresses only.` } : undefined),
    'impossible-travel': nobody ?? tooFewPlaces ?? { runs: true, reason: "Only playbacks in a server's own LAN have a place; nobody tells where others are." },
    'same-email': nobody,
    'look-alike-name': noAddresses,
    'disabled-elsewhere': nobody,
    'watch-state': nobody ?? lookReason(looks),
    'permission-drift': nobody ?? untold([...accounts.values()], all),
    'shared-device': noDevices,
    'no-identity': nobody,
    'unknown-user': unread.length > 0 ? { runs: unread.length < all.length, reason: `The accounts of ${unread.slice(0, 5).join(', ')}${unread.length > 5 ? ` and ${unread.length - 5} more` : ''} were not read yet.` } : undefined,
  };
}

function lookReason({ accounts, looked }: World['looks']): Reason | undefined {
  if (accounts === 0) return { runs: false, reason: 'Nobody has accounts on two servers that can be asked what was watched.' };
  if (looked === accounts) return undefined;
  return { runs: looked > 0, reason: `${looked} of ${accounts} accounts were looked at; a server is asked for one account an hour.` };
}

function untold(accounts: readonly Account[], servers: readonly WorldServer[]): Reason | undefined {
  const telling = new Set(accounts.filter(({ libraries }) => libraries !== null).map(({ serverId }) => serverId));
  const silent = servers.length - telling.size;
  if (silent === 0) return undefined;
  return { runs: telling.size > 1, reason: `${silent} ${silent === 1 ? 'server has' : 'servers have'} not told what accounts may see.` };
}
