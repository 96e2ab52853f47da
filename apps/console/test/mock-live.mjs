// Mirrors of streams and mismatches of the mock: made-up, but consistent with its fleet.

const MINUTE = 60_000;
const DAY = 86_400_000;
const iso = (ms) => new Date(ms).toISOString();
const uuid = (number) => `0193a2c4-8888-7000-8000-${String(number).padStart(12, '0')}`;
const ANA = { identityId: '0193a2c4-7777-7000-8000-000000000000', identityName: 'Ana Martin' };
export const ENDED = 'gone';

/** Gives the first stream and one of another server to one person, and flags both. Wants a fleet with at least two servers that play. */
export function flagFleet({ servers, sessions }) {
  const first = sessions.get(servers[0]?.id)?.[0];
  const office = servers.find(({ alias }) => alias === 'Office');
  const other = sessions.get(office?.id)?.[0];
  if (!first || !other) return;
  const flag = (text) => [{ mismatchId: uuid(1), rule: 'TWO_PLACES', text }];
  Object.assign(first, ANA, { userName: 'ana_m', network: 'WAN', flags: flag('also on Office, iPhone 15') });
  const begun = sessions.get(servers[0].id)?.[1];
  if (begun) begun.flags = [{ mismatchId: uuid(8), rule: 'WATCH_STATE', text: 'Office stopped at 1:02:10' }];
  Object.assign(other, ANA, { userName: 'ana', deviceName: 'iPhone 15', client: 'Emby for iOS', address: '126.8.x.x', network: 'WAN', flags: flag('also on Attic, Shield TV') });
}

function makeMirror(server, session, nowMs, ended) {
  const startMs = nowMs - 30 * MINUTE;
  const { stream } = session;
  const event = (afterMin, kind, text, positionMs = stream.positionMs) => ({ at: iso(startMs + afterMin * MINUTE), kind, text, positionMs });
  const transcodes = stream.delivery === 'TRANSCODE';
  const events = [
    event(0, 'STARTED', transcodes ? 'Started at 0:41:20 as direct play' : 'Started at 0:41:20', 2_480_000),
    ...(transcodes ? [event(2.5, 'DELIVERY_CHANGED', 'Direct play → transcode, subtitle burned in', 2_630_000)] : []),
    event(11, 'PAUSED', 'Paused at 0:52:10', 3_130_000),
    event(13.2, 'RESUMED', 'Resumed after 2 min 10 s', 3_130_000),
    event(18, 'SEEKED', 'Moved from 0:57:01 to 1:02:30', 3_750_000),
    event(25.8, 'BUFFERING', 'The player waits for data', 4_020_000),
    event(26, 'RESUMED', 'Plays again after 4 s', 4_020_000),
    event(26.1, 'QUALITY_CHANGED', 'Bit rate 12.0 → 8.0 Mbps', 4_026_000),
    ...(ended ? [event(30, 'ENDED', 'Ended at 1:08:04', 4_084_000)] : []),
  ];
  const bitRates = Array.from({ length: 60 }, (_, index) => ({ at: iso(nowMs - (59 - index) * 5_000), kbps: stream.bitRateKbps === null ? null : Math.round((index < 24 ? 1.4 : index < 28 ? 0.4 : 1) * stream.bitRateKbps + 300 * Math.sin(index)) }));
  return { id: session.id, serverId: server.id, live: !ended, endedAt: ended ? iso(nowMs) : null, at: iso(nowMs), session, events, bitRates };
}

function makeMismatches({ servers, sessions }, nowMs) {
  const alias = (index) => servers[index % servers.length];
  const side = (index, change = {}) => ({ serverId: alias(index).id, serverAlias: alias(index).alias, sessionId: null, userId: `u${index}`, userName: 'ana', identityId: ANA.identityId, identityName: ANA.identityName, deviceName: null, address: null, network: null, place: null, item: null, detail: null, at: iso(nowMs - index * MINUTE), ...change });
  const base = { state: 'OPEN', lastSeenAt: iso(nowMs - 4_000), ignoredUntil: null, resolution: null, resolvedBy: null };
  const playing = (index) => sessions.get(alias(index).id)?.[0]?.id ?? null;
  return [
    {
      ...base,
      id: uuid(1),
      rule: 'TWO_PLACES',
      severity: 'HIGH',
      text: 'Ana Martin plays on Attic and Office at once',
      why: 'Both play now, neither is paused, from networks that are not the same: 81.2.x.x and 126.8.x.x. One person is seldom in two places.',
      firstSeenAt: iso(nowMs - 29 * MINUTE),
      evidence: [
        side(0, { sessionId: playing(0), userName: 'ana_m', deviceName: 'Shield TV', address: '81.2.x.x', network: 'wan', item: 'Dune: Part Two' }),
        side(4, { sessionId: playing(4), deviceName: 'iPhone 15', address: '126.8.x.x', network: 'wan', item: 'Perfect Days' }),
      ],
    },
    { ...base, id: uuid(2), rule: 'DISABLED_ELSEWHERE', severity: 'HIGH', text: 'Kofi plays on Basement, but is disabled on Attic', why: 'The same person has a disabled account on Attic since 12 November.', firstSeenAt: iso(nowMs - 3 * 60 * MINUTE), evidence: [side(1, { userName: 'kofi', identityName: 'Kofi Mensah', deviceName: 'Chrome', network: 'lan', item: 'Arrival' }), side(0, { userName: 'kofi', identityName: 'Kofi Mensah' })] },
    { ...base, id: uuid(3), rule: 'SAME_EMAIL', severity: 'MEDIUM', text: 'Tomás Reyes and tomas share a verified address', why: 'tomas@reyes.example is verified for two people.', firstSeenAt: iso(nowMs - 2 * DAY), evidence: [side(0, { userName: 'tomas', identityName: 'Tomás Reyes' }), side(1, { userName: 'tomas', identityId: uuid(90), identityName: 'tomas' })] },
    { ...base, id: uuid(7), rule: 'PERMISSION_DRIFT', severity: 'MEDIUM', text: 'Ana Martin sees “Documentaries” on Attic and not on Basement', why: 'Libraries of one name and kind are given to this person on one server and not on another: probably somebody forgot a server.', firstSeenAt: iso(nowMs - 5 * DAY), evidence: [side(0, { userName: 'ana_m', item: 'Documentaries', detail: 'allowed' }), side(1, { item: 'Documentaries', detail: 'not allowed' })] },
    { ...base, id: uuid(8), rule: 'WATCH_STATE', severity: 'LOW', text: 'Ana Martin: 3 titles differ between Attic and Office', why: 'They are played on one server and not on the other, or their resume points are more than 5 minutes apart.', firstSeenAt: iso(nowMs - 2 * DAY), evidence: [['Arrival (2016)', 'stopped at 1:02:10', 'stopped at 12:05'], ['Paddington 2 (2017)', 'played', 'not played'], ['The Bear S02E06 Fishes', 'not played', 'played']].flatMap(([item, attic, office]) => [side(0, { userName: 'ana_m', item, detail: attic }), side(4, { item, detail: office })]) },
    { ...base, id: uuid(4), rule: 'GHOST', severity: 'LOW', text: 'Grandma’s Plex lists a stream that nobody hears of', why: 'Listed, but its last sign of life is 3 minutes old; 90 seconds is the limit.', firstSeenAt: iso(nowMs - 3 * MINUTE), evidence: [side(3, { userName: 'grandma', identityId: null, identityName: null, deviceName: 'Samsung TV', network: 'lan', item: 'Bluey' })] },
    { ...base, id: uuid(5), rule: 'LOOK_ALIKE_NAME', severity: 'LOW', state: 'IGNORED', text: 'klara and k1ara read alike', why: 'The names differ in one letter, the addresses differ.', firstSeenAt: iso(nowMs - 9 * DAY), ignoredUntil: iso(nowMs + 21 * DAY), resolvedBy: 'Sam Moreau', evidence: [side(0, { userName: 'klara' }), side(1, { userName: 'k1ara' })] },
    { ...base, id: uuid(6), rule: 'SHARED_DEVICE', severity: 'MEDIUM', state: 'RESOLVED', text: 'Mia and Leo use one Fire TV', why: 'Two users played from one device within an hour.', firstSeenAt: iso(nowMs - 12 * DAY), resolution: 'The device is shared', resolvedBy: 'Noor Haddad', evidence: [side(0, { userName: 'mia', deviceName: 'Fire TV' }), side(0, { userName: 'leo', deviceName: 'Fire TV' })] },
  ];
}

const RULES = ['TWO_PLACES', 'IMPOSSIBLE_TRAVEL', 'SAME_EMAIL', 'LOOK_ALIKE_NAME', 'DISABLED_ELSEWHERE', 'WATCH_STATE', 'SHARED_DEVICE', 'NO_IDENTITY', 'UNKNOWN_USER', 'PERMISSION_DRIFT', 'GHOST'];
const REASONS = { IMPOSSIBLE_TRAVEL: 'No server has a location. Set one in the settings of each server; viewers’ addresses have no place.' };

/** One mismatch with its evidence, lanes and habits. */
function makeComparison(mismatch, nowMs, allowances) {
  const [one, other] = mismatch.evidence;
  const person = other && mismatch.evidence.every(({ identityId }) => identityId && identityId === one.identityId) ? one : null;
  const places = mismatch.rule === 'TWO_PLACES';
  const at = (min) => iso(nowMs - min * MINUTE);
  const network = { '81.2.x.x': ['wan:81.2.x.x', 88, 88 * DAY], '126.8.x.x': ['wan:126.8.x.x', 1, 29 * MINUTE] };
  const side = (evidence, index) => {
    const [networkKey, networkDays, since] = network[evidence.address] ?? [null, null, null];
    return { evidence, sinceAt: evidence.sessionId ? at(index === 0 ? 68 : 29) : null, networkKey, networkLabel: networkKey && evidence.address, networkDays, networkFirstSeenAt: since && iso(nowMs - since), deviceFirstSeenAt: places ? at(index === 0 ? 80 * 24 * 60 : 35) : null, email: places ? 'ana@martin.example' : null };
  };
  const fact = (side_, text, detail = null, when = null) => ({ side: side_, text, detail, at: when });
  const habit = (network_, place, aliases, days, hours, change = {}) => ({ place, network: network_, servers: aliases, days, watchedMs: hours * 60 * MINUTE, firstSeenAt: iso(nowMs - 89 * DAY), compared: false, ...change });
  const part = (from, until, together = false) => ({ from: at(from), until: at(until), together });
  const lane = (evidence, parts) => ({ serverId: evidence.serverId, serverAlias: evidence.serverAlias, parts });
  return {
    mismatch,
    personId: person?.identityId ?? null,
    personName: person?.identityName ?? null,
    verdict: places ? 'Probably two people with one account' : null,
    sides: mismatch.evidence.map(side),
    distanceKm: null,
    facts: places
      ? [
          fact('FOR', 'Both play, neither is paused', '29 min so far'),
          fact('FOR', 'Networks never seen together', '0 times in the 89 d before today'),
          fact('FOR', `New network at ${other.serverAlias}`, '126.8.x.x, first seen', at(29)),
          fact('FOR', 'New device: iPhone 15', 'first seen', at(35)),
          fact('AGAINST', 'The e-mail is the same', 'verified by plex.tv'),
          fact('OPEN', 'Distance not known', "only a playback in a server's own LAN has a place, that of the server"),
          fact('OPEN', 'VPN or relay?', 'Usher knows no places of addresses and no list of relays'),
        ]
      : [],
    lanesFrom: at(180),
    lanesUntil: at(0),
    lanes: person ? [lane(one, [part(163, 113), part(68, 29), part(29, 0, true)]), lane(other, places ? [part(29, 0, true)] : [])] : [],
    habits: person
      ? [
          habit(places ? '81.2.x.x' : 'LAN of Attic, 192.168.1.x', places ? null : 'Lyon', ['Attic', 'Basement'], 88, 84.2, { compared: places }),
          habit('90.110.4.17', null, ['Attic'], 6, 3.1),
          habit('LAN of Cabin, 10.0.0.x', 'Annecy', ['Cabin'], 4, 5.5),
          ...(places ? [habit('126.8.x.x', null, ['Office'], 1, 0.5, { compared: true, firstSeenAt: at(29) })] : []),
        ]
      : [],
    moreHabits: 0,
    ledgerFrom: person ? iso(nowMs - 89 * DAY) : null,
    ledgerCut: false,
    allowable: places && mismatch.state !== 'RESOLVED' ? ['wan:126.8.x.x', 'wan:81.2.x.x'] : [],
    allowances: person ? allowances : [],
  };
}

/** Resolvers of mirrors and mismatches. `tools` are the mock's own. */
export function makeLive(state, options, { find, refuse, channel, session }) {
  const { fleet } = state;
  let mismatches = options.empty || options.calm || fleet.servers.length === 0 ? [] : makeMismatches(fleet, Date.now());
  const listeners = new Set();
  const mirrorOf = (id) => {
    const server = find({ id: id.slice(0, 36) });
    const ended = id.endsWith(`:${ENDED}`);
    const found = ended ? [...fleet.sessions.values()].flat()[0] : session(id);
    if (!found || options.refusing) throw refuse(options.refusing ? 'INTERNAL' : 'NOT_FOUND', options.refusing ? 'Something went wrong inside Usher.' : 'Nothing is kept of this stream.', options.refusing ? 'Report it with the correlation id.' : 'Streams are kept while they play and a few minutes after.');
    return { ...makeMirror(server, found, Date.now(), ended), id };
  };
  const guard = () => {
    if (state.viewer?.role === 'VIEWER') throw refuse('FORBIDDEN', 'Mismatches are for operators.', 'Ask a superadmin for the role operator.');
    if (options.refusing) throw refuse('INTERNAL', 'Something went wrong inside Usher.', 'Report it with the correlation id.');
  };
  const list = (states) => ({ mismatches: mismatches.filter((one) => !states || states.includes(one.state)), open: mismatches.filter((one) => one.state === 'OPEN').length, checkedAt: iso(Date.now() - 2 * MINUTE), rules: RULES.map((rule) => ({ rule, runs: !REASONS[rule], reason: REASONS[rule] ?? null })) });
  const mirrors = new Set();
  const pushMirror = ({ aheadMs, ended = false, silent = false }) => {
    for (const { id, own } of mirrors) {
      const mirror = mirrorOf(id);
      const { session: shown } = mirror;
      const stream = aheadMs === undefined ? shown.stream : { ...shown.stream, bufferPositionMs: shown.stream.positionMs + aheadMs };
      own.push({ sessionMirrorChanged: { ...mirror, live: !ended && !silent, endedAt: ended ? mirror.at : null, session: ended ? null : { ...shown, stream } } });
    }
  };
  state.pushMirror = pushMirror;
  const answer = (id, change) => {
    if (options.stubborn) throw refuse('CONFLICT', 'Somebody else answered it meanwhile.', 'Read it again.');
    mismatches = mismatches.map((one) => (one.id === id ? { ...one, ...change, resolvedBy: state.viewer.name } : one));
    for (const listener of listeners) listener.push({ mismatchesChanged: list(['OPEN']) });
    return mismatches.find((one) => one.id === id);
  };
  let allowances = [{ id: uuid(70), networks: ['LAN of Attic, 192.168.1.x', '90.110.4.17'], note: 'It is one person, allowed: her phone', allowedBy: 'Noor Haddad', at: iso(Date.now() - 20 * DAY) }];
  return {
    session: ({ id }) => {
      const found = session(id);
      const placed = found && !options.unrouted && id.endsWith(':s0') ? state.acts.placements[0] : null;
      return found ? { ...found, placement: placed && { ...placed, at: iso(Date.parse(found.stream.startedAt) - 2_000) } } : null;
    },
    sessionMirror: ({ id }) => mirrorOf(id),
    sessionMirrorChanged: ({ id }) => {
      const own = channel([{ sessionMirrorChanged: mirrorOf(id) }]);
      mirrors.add({ id, own });
      return own.read();
    },
    mismatches: ({ filter }) => {
      guard();
      return list(filter?.states);
    },
    mismatchesChanged: () => {
      const own = channel([{ mismatchesChanged: list(['OPEN']) }]);
      listeners.add(own);
      return own.read();
    },
    checkWatchStates: () => {
      if (options.stubborn) throw refuse('AGENT_OFFLINE', 'The agent of Office is not connected.', 'Look at the server.');
      return 2;
    },
    mismatchComparison: ({ id }) => {
      guard();
      const found = mismatches.find((one) => one.id === id);
      if (!found) throw refuse('NOT_FOUND', 'There is no such mismatch.');
      return makeComparison(found, Date.now(), allowances);
    },
    forgetMismatchAllowance: ({ id }) => {
      allowances = allowances.filter((one) => one.id !== id);
      return true;
    },
    resolveMismatch: ({ input }) => answer(input.id, { state: input.keepFlag ? 'OPEN' : 'RESOLVED', resolution: input.resolution }),
    ignoreMismatch: ({ input }) => answer(input.id, { state: 'IGNORED', resolution: input.note, ignoredUntil: iso(Date.now() + input.days * DAY) }),
  };
}
