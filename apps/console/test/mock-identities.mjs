// People of the mock, their accounts and addresses, and who may be one person.

const DAY = 86_400_000;
const iso = (ms) => new Date(ms).toISOString();
const uuid = (number) => `0193a2c4-7777-7000-8000-${String(number).padStart(12, '0')}`;
const PEOPLE = ['Ana Martin', 'Ben Okafor', 'Eva Dahl', 'Hana Ito', 'Ida Holm', 'Jun Mori', 'Klara Lind', 'Mia Boyd', 'Nora Weiss', 'Tomás Reyes', 'grandma'];
const EVIDENCE = ['operator', 'email', 'plex', 'operator', 'import'];

function makePeople(servers, total, nowMs) {
  return Array.from({ length: total }, (_, index) => {
    const displayName = PEOPLE[index] ?? `Viewer ${index + 1}`;
    const name = displayName.split(' ')[0].toLowerCase();
    const accounts = servers.slice(0, index === 0 ? 5 : 1 + (index % 3)).map((server, place) => ({ serverId: server.id, userVendorId: `u${index}-${place}`, userName: place === 0 ? name : `${name}.${place}`, enabled: true, isAdministrator: false, isThere: index !== 3, evidence: EVIDENCE[place], linkedAt: iso(nowMs - (place + 2) * 20 * DAY), linkedBy: 'Sam Moreau', lastSeenAt: iso(nowMs - place * 3_600_000), plays30d: 21 - place, watchedMs30d: (5 - place) * 3_700_000, streams: index === 0 && place < 2 ? 1 : 0 }));
    const email = (address, verified, source = 'import') => ({ email: address, source, createdAt: iso(nowMs - 40 * DAY), verifiedAt: verified ? iso(nowMs - 30 * DAY) : null, verifiedBy: verified ? 'plex.tv' : null });
    const merge = (number, days) => ({ id: uuid(500 + number), fromId: uuid(600 + number), fromName: 'ana.m', intoId: uuid(index), at: iso(nowMs - (30 - days) * DAY), mergedBy: 'Noor Haddad', undoUntil: iso(nowMs + days * DAY), undoneAt: null });
    return { id: uuid(index), displayName, createdAt: iso(nowMs - 100 * DAY), accounts, emails: index === 10 ? [] : [email(`${name}@example.org`, index % 4 !== 3, 'plex'), ...(index === 0 ? [email('ana@oldmail.example', false)] : [])], merges: index === 0 ? [merge(1, 11), merge(2, -3)] : [] };
  });
}

function makeSuggestions(people) {
  const side = (person, place = 0) => ({ serverId: person.accounts[place].serverId, userVendorId: person.accounts[place].userVendorId, userName: person.accounts[place].userName, email: person.emails[0]?.email ?? null, identityId: person.id, identityName: person.displayName });
  const make = (number, evidence, detail, one, other, isProof) => ({ key: `pair-${number}`, evidence, detail, isProof, isUnlikely: number === 3, one: side(people[one]), other: other === null ? { ...side(people[one]), serverId: (people[0].accounts[3] ?? people[0].accounts[0]).serverId, userVendorId: 'u-lonely', userName: 'ida', identityId: null, identityName: null } : side(people[other], people[other].accounts.length - 1) });
  if (people.length < 9) return [];
  return [make(1, 'VERIFIED_EMAIL', 'Both have the verified address tomas@reyes.example.', 9, 5, true), make(2, 'PLEX_ID', 'Both are the Plex account 51830277.', 4, null, true), make(3, 'SAME_NAME', 'Both are called “Mia”. A name alone proves nothing.', 7, 8, false), make(4, 'LOOK_ALIKE', 'The address of the other reads like klara@lind.example and is not. Somebody may pose as this person.', 6, 2, false), make(5, 'SAME_NAME', 'Both are called “Ben”. A name alone proves nothing.', 1, 3, false)];
}

/** Resolvers of people. `tools` are the mock's own. */
export function makeIdentities(state, options, { refuse }) {
  const nowMs = Date.now();
  const { servers } = state.fleet;
  let people = options.empty || servers.length === 0 ? [] : makePeople(servers, options.people ?? 31, nowMs);
  let suggestions = makeSuggestions(people);
  const guard = () => {
    if (!state.viewer || state.viewer.role === 'VIEWER') throw refuse('FORBIDDEN', 'People are for operators.', 'Ask a superadmin for the role operator.');
  };
  const find = (id) => {
    const person = people.find((one) => one.id === id);
    if (!person) throw refuse('NOT_FOUND', 'There is no such person.', 'Search by name.');
    return person;
  };
  const change = (id, how) => Object.assign(find(id), how(find(id)));
  return {
    identities: ({ search, first }) => {
      guard();
      const needle = search?.toLowerCase() ?? '';
      const found = people.filter((person) => [person.displayName, ...person.emails.map(({ email }) => email)].some((word) => word.toLowerCase().includes(needle)));
      return { totalCount: found.length, linkedAccounts: people.reduce((sum, { accounts }) => sum + accounts.length, 0), accounts: 74, pageInfo: { hasNextPage: found.length > first, endCursor: null }, edges: found.slice(0, first).map((node) => ({ cursor: node.id, node })) };
    },
    identity: ({ id }) => {
      guard();
      return find(id);
    },
    identitySuggestions: () => suggestions,
    refuseIdentitySuggestion: ({ key }) => {
      suggestions = suggestions.filter((one) => one.key !== key);
      return true;
    },
    mergeIdentities: ({ input }) => {
      const from = find(input.fromId);
      people = people.filter(({ id }) => id !== from.id);
      suggestions = suggestions.filter(({ one, other }) => one.identityId !== from.id && other.identityId !== from.id);
      return change(input.intoId, (into) => ({ displayName: input.displayName ?? into.displayName, accounts: [...into.accounts, ...from.accounts], emails: [...into.emails, ...from.emails], merges: [{ id: uuid(901), fromId: from.id, fromName: from.displayName, intoId: into.id, at: iso(Date.now()), mergedBy: state.viewer.name, undoUntil: iso(Date.now() + 30 * DAY), undoneAt: null }, ...into.merges] }));
    },
    undoIdentityMerge: ({ id }) => change(people.find(({ merges }) => merges.some((merge) => merge.id === id)).id, ({ merges }) => ({ merges: merges.map((merge) => (merge.id === id ? { ...merge, undoneAt: iso(Date.now()) } : merge)) })),
    linkUsers: ({ input }) => find(input.identityId),
    unlinkUser: () => true,
    addIdentityEmail: ({ input }) => change(input.identityId, ({ emails }) => ({ emails: [...emails, { email: input.email, source: 'operator', createdAt: iso(Date.now()), verifiedAt: null, verifiedBy: null }] })),
    removeIdentityEmail: ({ input }) => change(input.identityId, ({ emails }) => ({ emails: emails.filter(({ email }) => email !== input.email) })),
    attestEmail: ({ input }) => change(input.identityId, ({ emails }) => ({ emails: emails.map((row) => (row.email === input.email ? { ...row, verifiedAt: iso(Date.now()), verifiedBy: state.viewer.name } : row)) })),
    importIdentityEmails: ({ input }) => {
      const [, ...lines] = input.csv.trim().split(/\r?\n/);
      const rows = lines.map((line, index) => {
        const [server = '', user = '', email = ''] = line.split(',');
        const known = servers.some(({ slug, alias }) => slug === server.toLowerCase() || alias === server);
        const base = { line: index + 2, column: null, server, user, email, code: null };
        if (!known) return { ...base, status: 'REFUSED', column: 1, code: 'NOT_FOUND', message: 'No server has this name.' };
        if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) return { ...base, status: 'REFUSED', column: server.length + user.length + 3, code: 'VALIDATION_FAILED', message: 'This is not an e-mail address.' };
        if (email === 'ana@example.org') return { ...base, status: 'HELD', code: 'EMAIL_UNVERIFIED', message: 'Equal to a verified address of somebody else: a suggestion only.' };
        return { ...base, status: index % 5 === 0 ? 'SAME' : 'ADDED', message: index % 5 === 0 ? 'Known already.' : 'Kept as not verified.' };
      });
      const count = (status) => rows.filter((row) => row.status === status).length;
      return { added: count('ADDED'), same: count('SAME'), held: count('HELD'), refused: count('REFUSED'), applied: !input.dryRun, rows };
    },
  };
}
