// Rows and verdicts of the mock's plan: as many as a scene asks for, of every kind that there is.

const TITLES = [['Heat', '1995'], ['The Train Job', 'Firefly S01·E01'], ['Solaris', '1972'], ['Dune', '2021'], ['Alien', '1979'], ['Chernobyl', 'S01·E03'], ['Paddington 2', '2017'], ['The Bear', 'S01·E01'], ['Severance', 'S01·E02'], ['Past Lives', '2023']];
const state = (index, change = {}) => ({ itemVendorId: `t-${index}`, played: true, playCount: 2, lastPlayedAt: '2026-03-12T20:10:00.000Z', positionMs: 0, favorite: index % 7 === 0, ratingTenths: null, ...change });
const BASE = { operation: 'WATCH_STATE_SET', targetTitle: null, itemVendorId: null, tier: null, evidence: [], fields: [], skipReason: null, skipDetail: null, candidates: [], decisionId: null, decision: null, losses: [], policy: [], source: null, from: null, to: null, now: null, state: null, code: null, verify: null };

const loss = (field, kind, reason, text, instead, rows) => ({ field, kind, reason, text, instead, rows });
const exact = (field, rows = null) => loss(field, 'EXACT', null, null, null, rows);

/** What survives of one user. */
export function verdictsOf(index) {
  const titles = [1_842, 2_604, 903, 1_120, 2_211, 640, 388][index] ?? 40 + index * 9;
  const resumes = [38, 12, 7, 9, 21, 3, 2][index] ?? 4;
  const outside = [2, 1, 0, 0, 2, 0, 0][index] ?? 0;
  return [
    exact('ACCOUNT'),
    index === 6 ? loss('NAME', 'LOSSY', 'name-changed', 'The name is taken or not allowed at the target; another one was chosen.', null, null) : exact('NAME'),
    exact('ENABLED'),
    exact('LIBRARIES'),
    exact('REMOTE_ACCESS'),
    ...(index % 3 === 0 ? [loss('STREAM_LIMIT', 'LOSSY', 'policy-differs', 'The setting means something a little different at the target.', 'Look at the settings of the account at the target.', null)] : [exact('STREAM_LIMIT')]),
    exact('PLAYED', titles),
    exact('PLAY_COUNT', titles),
    exact('LAST_PLAYED_AT', titles),
    exact('POSITION_MS', resumes - outside),
    ...(outside > 0 ? [loss('POSITION_MS', 'LOSSY', 'outside-resume-window', 'The target keeps no resume point so near the beginning or the end.', null, outside)] : []),
    exact('FAVORITE', [64, 18, 22, 5, 77, 11, 6][index] ?? 0),
    exact('RATING_TENTHS', [112, 0, 41, 0, 208, 0, 0][index] ?? 0),
    loss('PASSWORD', 'IMPOSSIBLE', 'password-not-readable', 'No media server tells passwords; the account gets a random one that nobody knows.', 'Set a password at the target and tell the person.', null),
  ];
}

const CONFLICTS = [
  { title: 'Heat', operation: 'SKIP', skipReason: 'AMBIGUOUS', skipDetail: 'Two copies on Attic: 1080p and 4K', candidates: ['m-1080', 'm-2160'], targetTitle: 'Heat (1995)' },
  { title: 'Solaris', operation: 'SKIP', skipReason: 'CONTRADICTION', skipDetail: 'Two films with the same name, years 30 apart', candidates: ['m-31'] },
  { title: 'The Train Job', operation: 'SKIP', skipReason: 'BELOW_TIER', skipDetail: 'Order differs: aired on Basement, DVD on Attic', candidates: ['m-77'] },
];

/** `total` rows in the order in which they are carried out; the last ones are those that somebody has to look at. */
export function makeRows(users, total, isRun) {
  const rows = [];
  const add = (row) => rows.push({ ...BASE, n: rows.length, state: isRun ? 'VERIFIED' : null, verify: isRun ? 'SAME' : null, ...row });
  const named = (u) => ({ u, userName: users[u].targetName });
  if (users.length === 0) return rows;
  users.forEach((user, u) => user.decision === 'CREATE' && add({ ...named(u), operation: 'USER_ENSURE', tab: 'CREATE', title: user.targetName }));
  users.forEach((user, u) => add({ ...named(u), operation: 'POLICY_APPLY', tab: 'CHANGE', title: null, policy: [{ field: 'remote access', from: 'true', to: 'true' }, { field: 'streams at once', from: '0', to: '2' }], losses: u % 3 === 0 ? [loss('STREAM_LIMIT', 'LOSSY', 'policy-differs', 'The setting means something a little different at the target.', null)] : [] }));
  for (let index = 0; rows.length < total - 53; index += 1) {
    const u = index % users.length;
    const [name, more] = TITLES[index % TITLES.length];
    const resume = index % 9 === 4;
    add({
      ...named(u),
      tab: 'CHANGE',
      title: `${name} ${more}`,
      itemVendorId: `i-${index}`,
      tier: 'AAAB'[index % 4],
      evidence: index % 4 === 3 ? ['imdb', 'tmdb'] : ['predicted id'],
      fields: resume ? ['POSITION_MS'] : ['PLAYED', 'PLAY_COUNT', 'LAST_PLAYED_AT'],
      from: state(index, { played: false, playCount: 0, lastPlayedAt: null }),
      to: resume ? state(index, { positionMs: 1_300_000 }) : state(index),
      losses: resume && index % 5 === 0 ? [loss('POSITION_MS', 'LOSSY', 'outside-resume-window', 'The target keeps no resume point so near the beginning or the end.', null)] : [],
      ...(isRun && index === 12 && { state: 'CONFLICT', verify: 'DIFFERS', code: 'TARGET_CHANGED', now: state(index, { playCount: 3, lastPlayedAt: '2026-11-21T19:00:00.000Z' }) }),
      ...(isRun && index === 13 && { state: 'DONE', verify: 'NOT_THERE', now: null }),
    });
  }
  for (let index = 0; index < 12; index += 1) {
    const u = index % users.length;
    const conflict = CONFLICTS[index % 4];
    const id = `item:${users[u].sources[0].vendorId}:c-${index}`;
    if (conflict) add({ ...named(u), tab: 'CONFLICT', itemVendorId: `c-${index}`, source: state(index), ...conflict, decisionId: id, state: null, verify: null });
    else add({ ...named(u), tab: 'CONFLICT', title: 'Chernobyl S01·E03', itemVendorId: `c-${index}`, tier: 'B', evidence: ['tvdb', 'imdb'], fields: ['RATING_TENTHS'], source: state(index, { ratingTenths: 90 }), from: state(index, { ratingTenths: 100 }), to: state(index, { ratingTenths: 90 }), decisionId: `state:${users[u].sources[0].vendorId}:c-${index}:ratingTenths`, decision: index > 4 ? { decision: 'TAKE_SOURCE', target: null, reason: null } : null });
  }
  for (let index = 0; index < 41; index += 1) {
    const u = index % users.length;
    add({ ...named(u), operation: 'SKIP', tab: 'SKIP', title: `Lost tape ${index + 1}`, itemVendorId: `k-${index}`, skipReason: 'NOT_ON_TARGET', skipDetail: 'No title of Attic has one of its ids.', source: state(index), decisionId: `item:${users[u].sources[0].vendorId}:k-${index}`, state: null, verify: null });
  }
  return rows;
}
