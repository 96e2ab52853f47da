import { normalizeEmail } from '@usher/matching';
import type { Finding } from './mismatch.js';
import { evidenceOf, evidenceOfAccount, groupBy, isPlaying, nameOf, type Account, type LiveSession, type Person, type World } from './world.js';

const MAX_EVIDENCE = 20;

/** M3: a verified address of one person is also an address of another. */
export function sameEmail(world: World): Finding[] {
  const holders = new Map<string, Map<string, boolean>>();
  for (const person of world.people.values()) {
    for (const { email, verified } of addressesOf(person)) {
      const of = holders.get(email) ?? new Map<string, boolean>();
      holders.set(email, of.set(person.id, verified || of.get(person.id) === true));
    }
  }
  return [...holders].flatMap(([email, of]) => {
    if (of.size < 2 || ![...of.values()].includes(true)) return [];
    const people = [...of.keys()].map((id) => world.people.get(id)!).sort((a, b) => (a.id < b.id ? -1 : 1));
    return [{
      rule: 'same-email' as const,
      subject: people.map(({ id }) => id).join('|'),
      severity: 'medium' as const,
      text: `${people.map(({ name }) => name).join(' and ')} share the address ${email}`,
      why: 'The address is verified for one of them: probably it is one person. Merge them, or remove the address where it is wrong.',
      evidence: people.flatMap(({ accounts }) => accounts).slice(0, MAX_EVIDENCE).map((account) => evidenceOfAccount(world, account)),
      flags: [],
    }];
  });
}

function addressesOf({ emails, accounts }: Person): { email: string; verified: boolean }[] {
  const told = accounts.flatMap(({ email }) => (email === null ? null : normalizeEmail(email)) ?? []).map((email) => ({ email, verified: false }));
  return [...emails, ...told];
}

/** M4: accounts of one name with different addresses, not known to be of one person. */
export function lookAlikeName(world: World): Finding[] {
  const named = groupBy(world.accounts.values(), ({ name }) => name.normalize('NFKC').trim().toLowerCase() || null);
  return [...named].flatMap(([name, accounts]) => {
    const known = accounts.filter(({ email }) => email !== null);
    const emails = new Set(known.map(({ email }) => normalizeEmail(email!) ?? email));
    const people = new Set(known.map(({ personId, serverId, userId }) => personId ?? `${serverId}:${userId}`));
    if (emails.size < 2 || people.size < 2) return [];
    return [{
      rule: 'look-alike-name' as const,
      subject: name,
      severity: 'low' as const,
      text: `${known.length} accounts are named “${known[0]!.name}” and have different addresses`,
      why: 'The same name on several servers looks like one person; the addresses say that they are several. Keep them apart when you link accounts.',
      evidence: known.slice(0, MAX_EVIDENCE).map((account) => evidenceOfAccount(world, account)),
      flags: [],
    }];
  });
}

/** M5: disabled on one server, playing on another. */
export function disabledElsewhere(world: World): Finding[] {
  const playing = groupBy(world.sessions.filter(isPlaying), ({ person }) => person?.id ?? null);
  return [...playing.values()].flatMap((sessions) => {
    const person = sessions[0]!.person!;
    return person.accounts.filter(({ enabled }) => !enabled).flatMap((disabled) => {
      const elsewhere = sessions.filter(({ server }) => server.id !== disabled.serverId);
      const alias = world.servers.get(disabled.serverId)?.alias;
      if (elsewhere.length === 0 || alias === undefined) return [];
      return [{
        rule: 'disabled-elsewhere' as const,
        subject: `${person.id}|${disabled.serverId}:${disabled.userId}`,
        severity: 'high' as const,
        text: `${person.name} is disabled on ${alias} and plays on ${[...new Set(elsewhere.map(({ server }) => server.alias))].join(', ')}`,
        why: `The account “${disabled.name}” on ${alias} is switched off. Whoever did that may have meant the person on all servers.`,
        evidence: [...elsewhere.map((session) => evidenceOf(session, world.nowMs)), evidenceOfAccount(world, disabled)],
        flags: elsewhere.map(({ id }) => ({ sessionId: id, text: `disabled on ${alias}` })),
      }];
    });
  });
}

/** One device, two people at once, at least one of them playing. */
export function sharedDevice(world: World): Finding[] {
  const here = world.sessions.filter(({ session }) => session.userId !== null && !session.ghost);
  return [...groupBy(here, ({ session }) => session.deviceId)].flatMap(([deviceId, sessions]) => {
    const users = groupBy(sessions, whoOf);
    if (users.size < 2 || !sessions.some(isPlaying)) return [];
    const names = [...users.values()].map(([first]) => nameOf(first!)).sort();
    return [{
      rule: 'shared-device' as const,
      subject: deviceId,
      severity: 'medium' as const,
      text: `${names.join(' and ')} are signed in on one device (${sessions[0]!.session.deviceName ?? 'unnamed'})`,
      why: 'Two sessions carry the same device id. A screen that a household shares looks the same as an account that was handed on, or a client whose id was copied.',
      evidence: sessions.slice(0, MAX_EVIDENCE).map((session) => evidenceOf(session, world.nowMs)),
      flags: sessions.filter(isPlaying).map((session) => ({ sessionId: session.id, text: `device also used by ${names.filter((name) => name !== nameOf(session)).join(', ')}` })),
    }];
  });
}

/** Accounts that nobody linked are taken for one person when they have the same name. */
function whoOf(live: LiveSession): string {
  return nameOf(live).trim().toLowerCase();
}

/** An account plays that belongs to no person, in a fleet where accounts are linked. A note for the list: it flags no stream. */
export function noIdentity(world: World): Finding[] {
  if (world.people.size === 0) return [];
  const playing = groupBy(world.sessions.filter(isPlaying), ({ account }) => (account && account.personId === null ? account : null));
  return [...playing].map(([account, sessions]) => {
    const alias = sessions[0]!.server.alias;
    return {
      rule: 'no-identity' as const,
      subject: keyOf(account),
      severity: 'low' as const,
      text: `“${account.name}” on ${alias} belongs to no person`,
      why: 'Other accounts of the fleet are linked to people; this one is not, so nothing can be said of it across servers.',
      evidence: sessions.map((session) => evidenceOf(session, world.nowMs)),
      flags: [],
    };
  });
}

/** M7: a session of an account that the server does not name, although its accounts were read since. */
export function unknownUser(world: World): Finding[] {
  const unknown = unknownSessions(world).filter(({ server, session }) => server.usersReadAtMs !== null && server.usersReadAtMs >= Date.parse(session.stream!.startedAt));
  return [...groupBy(unknown, ({ server, session }) => `${server.id}:${session.userId}`)].map(([subject, sessions]) => {
    const { server, session } = sessions[0]!;
    return {
      rule: 'unknown-user' as const,
      subject,
      severity: 'medium' as const,
      text: `${server.alias} plays for “${session.userName ?? session.userId}”, an account that it does not name`,
      why: 'The accounts of this server were read after the playback began, and this one was not among them: it was deleted or made anew.',
      evidence: sessions.map((one) => evidenceOf(one, world.nowMs)),
      flags: sessions.map(({ id }) => ({ sessionId: id, text: 'unknown account' })),
    };
  });
}

/** Playing sessions whose account is not in the list of its server, as far as that was ever read. */
export function unknownSessions(world: World): LiveSession[] {
  return world.sessions.filter((live) => isPlaying(live) && live.session.userId !== null && live.account === null && live.server.usersReadAtMs !== null);
}

/** M9: still listed 90 s after its last word. */
export function ghost(world: World): Finding[] {
  return world.sessions.filter(({ session }) => session.ghost && session.stream !== null).map((live) => ({
    rule: 'ghost' as const,
    subject: live.id,
    severity: 'low' as const,
    text: `${live.server.alias} still lists a session of ${nameOf(live)} that says nothing any more`,
    why: 'Nothing was heard of this player for 90 seconds. Its server ends such sessions by itself, sooner or later.',
    evidence: [evidenceOf(live, world.nowMs)],
    flags: [{ sessionId: live.id, text: 'not heard of for 90 s' }],
  }));
}

function keyOf({ serverId, userId }: Account): string {
  return `${serverId}:${userId}`;
}
