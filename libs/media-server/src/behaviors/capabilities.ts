import { AppError, CAPABILITIES, type Capability } from '@usher/contracts';
import { expect } from 'expect';
import type { MediaServer } from '../media-server.js';
import { behavior, GONE, NotTried, NOT_OFFERED, type Behavior, type Need, type Subject } from './behavior.js';
import { failsWith, NOT_FOUND, refused } from './failing.js';

const LEAN = { withFiles: false };
const YEARS_AGO = '2020-01-01T00:00:00.000Z';

/** What there is to ask about; nothing's id for what there is not. */
interface Known {
  readonly filmsId: string;
  readonly filmId: string;
  readonly personId: string;
}

interface Proof {
  /** One call that needs the capability and changes nothing. */
  readonly call: (server: MediaServer, known: Known) => Promise<unknown>;
  /** What the call needs where the server declares it: a call that it does not declare is not even sent. */
  readonly needs?: readonly Need[];
}

const ask = (call: Proof['call'], ...needs: Need[]): Proof => ({ call, needs });

/** Capabilities that stand for fields or ways, and have no call of their own, are proven by other behaviors. */
const PROOFS: Readonly<Record<Exclude<Capability, 'sessions.push' | 'load.host' | `watchStates.${'playedAt' | 'playCount' | 'favorite' | 'rating' | 'ownTokenOnly' | 'write'}`>, Proof>> = {
  'sessions.stop': ask(({ sessions }) => sessions.stop(GONE)),
  'sessions.control': ask(({ sessions }) => sessions.control(GONE, { type: 'pause' })),
  'sessions.message': ask(({ sessions }) => sessions.message(GONE, 'x')),
  'sessions.limitBitRate': ask(({ sessions }) => sessions.control(GONE, { type: 'limit-bit-rate', kbps: 4_000 })),
  'playback.remotePlay': ask(({ sessions }, { filmId }) => sessions.control(GONE, { type: 'play', itemId: filmId, positionMs: 0 })),
  'libraries.list': ask(({ libraries }) => libraries.list()),
  'libraries.scan': ask(({ actions }) => actions.scan(GONE), 'writing'),
  'libraries.create': ask(({ libraries }) => libraries.remove(GONE), 'writing'),
  'libraries.checkPaths': ask(({ libraries }) => libraries.checkPaths({ folders: [], files: [] })),
  'libraries.space': ask(({ libraries }) => libraries.space()),
  'metadata.refresh': ask(({ actions }) => actions.refreshLibrary(GONE, 'missing'), 'writing'),
  'metadata.health': ask(({ libraries }) => libraries.health(GONE)),
  'server.restart': ask(({ actions }) => actions.restart(), 'whole-server'),
  'activities.list': ask(({ actions }) => actions.running()),
  'activities.cancel': ask(({ actions }) => actions.cancel(GONE), 'writing'),
  'tasks.list': ask(({ tasks }) => tasks.list()),
  'tasks.start': ask(({ tasks }) => tasks.start(GONE), 'writing'),
  'items.list': ask(({ libraries }, { filmId }) => libraries.itemsById([filmId], LEAN)),
  'items.changedSince': ask(({ libraries }, { filmsId }) => libraries.items(filmsId, { start: 0, limit: 1 }, { ...LEAN, changedSince: YEARS_AGO })),
  'items.byProviderId': ask(({ libraries }) => libraries.find({ imdb: 'tt9999999' })),
  'items.recentlyAdded': ask(({ libraries }) => libraries.recentlyAdded(1)),
  'users.list': ask(({ users }) => users.list()),
  'users.create': ask(({ users }) => users.create('')),
  'users.policy': ask(({ users }) => users.applyPolicy(GONE, { downloads: false }), 'writing'),
  'users.remove': ask(({ users }) => users.remove(GONE), 'writing'),
  'users.password': ask(({ users }) => users.setPassword(GONE, 'a long password'), 'writing'),
  'users.discovery': ask(({ users }) => users.discovery(GONE)),
  'watchStates.read': ask(({ watchStates }, { personId }) => watchStates.list(personId, null, 1)),
  'playlists.read': ask(({ playlists }, { personId }) => playlists.list(personId)),
  'playlists.write': ask(({ playlists }, { personId }) => playlists.remove(personId, GONE), 'writing'),
  'collections.read': ask(({ collections }) => collections.list()),
  'collections.write': ask(({ collections }) => collections.remove(GONE), 'writing'),
  'devices.list': ask(({ devices }) => devices.list()),
  'devices.revoke': ask(({ devices }) => devices.revoke(GONE), 'writing'),
  'history.read': ask(({ history }) => history.playbacks(1, null)),
  'log.read': ask(({ history }) => history.log(1, null)),
  'subtitles.search': ask(({ subtitles }, { filmId }) => subtitles.find(filmId, 'en')),
  'backup.list': ask(({ backup }) => backup.list()),
  'backup.trigger': ask(({ backup }) => backup.trigger(), 'whole-server'),
};

const orNothing = async <T>(found: Promise<T>): Promise<T | null> =>
  await found.catch((error: unknown) => {
    if (error instanceof NotTried) return null;
    throw error;
  });

async function knownOf({ facts }: Subject): Promise<Known> {
  const [films, film, person] = [await orNothing(facts.library('movies')), await orNothing(facts.film()), await orNothing(facts.person())];
  return { filmsId: films?.vendorId ?? GONE, filmId: film?.vendorId ?? GONE, personId: person?.vendorId ?? GONE };
}

/** Declared: something else is answered than that it is missing. Not declared: just that, and nothing is sent. */
function bothWays(capability: Capability, { call, needs = [] }: Proof): Behavior {
  return behavior(`${capability} does what is declared`, [], async (subject) => {
    const known = await knownOf(subject);
    if (!(await subject.facts.has(capability))) {
      const sent = subject.sent();
      await refused(call(subject.server, known));
      expect(subject.sent()).toBe(sent);
      return NOT_OFFERED;
    }
    const lacking = needs.map((need) => subject.lacks(need)).find((why) => why !== null);
    if (lacking) throw new NotTried(lacking);
    // every other refusal of what is not there is an answer
    await call(subject.server, known).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code === 'CAPABILITY_MISSING') throw error;
    });
  });
}

/** The list of capabilities against what happens, both ways. */
export const CAPABILITY_PROOFS: readonly Behavior[] = [
  ...CAPABILITIES.flatMap((capability) => (capability in PROOFS ? [bothWays(capability, PROOFS[capability as keyof typeof PROOFS])] : [])),

  behavior('users.policy also stands for locking an account out', ['writing'], async ({ server: { users }, facts }) => {
    if (!(await facts.has('users.policy'))) return await refused(users.setEnabled(GONE, false));
    await failsWith(users.setEnabled(GONE, false), NOT_FOUND);
  }),

  behavior('watchStates.write does what is declared', ['own-account'], async ({ server: { watchStates }, facts, own }) => {
    const [{ vendorId }, film] = [await own(), await facts.film()];
    const [state] = await watchStates.read(vendorId, [film.vendorId]);
    if (!(await facts.has('watchStates.write'))) return await refused(watchStates.set(vendorId, state!, state!));
    await watchStates.set(vendorId, state!, state!);
  }),
];
