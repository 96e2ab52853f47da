import { AppError, type Capability, type Discovery, type MediaUser, type UserPolicy } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import { OWNER, type PlexTokens, type Voice } from './plex.tokens.js';
import type { SharedAccount } from './plex.tv.js';

export interface PlexAccountCalls {
  readonly tokens: PlexTokens;
  accounts(): Promise<MediaUser[]>;
  discovery(accountId: string): Promise<Discovery>;
  /** Keys of the sections that an account sees. */
  sections(accountId: string, voice: Voice): Promise<string[]>;
}

/** Nothing but libraries and downloads is set for an account, and that at plex.tv. */
const NOTHING_ELSE = { hidden: null, remoteAccess: null, bitRateLimitKbps: null, videoTranscoding: null, audioTranscoding: null, remuxing: null, streamLimit: null } as const;

/** Accounts of a Plex. They belong to their owners: none is made, changed or removed from here. */
export function plexAccounts({ tokens, accounts, discovery, sections }: PlexAccountCalls): MediaServer['users'] {
  const requireAccount = async (id: string): Promise<void> => {
    if (!(await accounts()).some(({ vendorId }) => vendorId === id)) throw new AppError('NOT_FOUND', 'This account is not on the media server.', { userVendorId: id });
  };
  const policy = async (id: string): Promise<UserPolicy> => {
    await requireAccount(id);
    if (id === OWNER) return { enabled: true, libraries: 'all', downloads: true, ...NOTHING_ELSE };
    const shared = (await tokens.people()).shared.find(({ accountId }) => accountId === id);
    if (shared) return { enabled: true, libraries: librariesOf(shared), downloads: shared.downloads, ...NOTHING_ELSE };
    const voice = await tokens.voiceOf(id);
    return { enabled: voice !== null, libraries: voice ? await sections(id, voice) : [], downloads: null, ...NOTHING_ELSE };
  };
  return {
    list: async () => {
      const [users, shared] = [await accounts(), await sharedOf(tokens)];
      return users.map((user) => {
        const theirs = shared.get(user.vendorId);
        const libraries = user.vendorId === OWNER ? 'all' : theirs ? librariesOf(theirs) : null;
        return { ...user, email: theirs?.email ?? user.email, libraries };
      });
    },
    policy,
    create: () => Promise.reject(missing('users.create', 'Plex lets nobody make an account for somebody else.')),
    applyPolicy: () => Promise.reject(missing('users.policy', 'What an account of Plex may do is set by its owner at plex.tv.')),
    setEnabled: () => Promise.reject(missing('users.policy', 'Whether an account of Plex gets in is decided at plex.tv.')),
    setPassword: () => Promise.reject(missing('users.password', 'Passwords of Plex belong to the accounts at plex.tv.')),
    discovery: async (id) => {
      await requireAccount(id);
      return await discovery(id);
    },
    remove: () => Promise.reject(missing('users.remove', 'Accounts of Plex belong to their owners.')),
    reach: async (ids) => {
      const known = new Set((await accounts()).map(({ vendorId }) => vendorId));
      const reached: string[] = [];
      for (const id of ids) if (known.has(id) && (await tokens.voiceOf(id))) reached.push(id);
      return reached;
    },
  };
}

const librariesOf = ({ allLibraries, sections }: SharedAccount): UserPolicy['libraries'] => (allLibraries ? 'all' : [...sections]);

/** The server itself tells neither addresses nor what is shared. A list of users is whole without them when plex.tv does not answer. */
async function sharedOf(tokens: PlexTokens): Promise<Map<string, SharedAccount>> {
  try {
    return new Map((await tokens.people()).shared.map((account) => [account.accountId, account]));
  } catch {
    return new Map();
  }
}

function missing(capability: Capability, message: string): AppError {
  return new AppError('CAPABILITY_MISSING', message, { capability });
}
