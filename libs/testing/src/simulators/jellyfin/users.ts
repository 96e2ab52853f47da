import type { SimulatorCore } from '../base/core.js';
import type { CatalogueItem, SimulatedUser } from '../base/media.js';
import { isoDate } from '../mediabrowser/ticks.js';
import { libraryId, userId } from './ids.js';

function everybodysPolicy(user: SimulatedUser) {
  return {
    IsAdministrator: user.isAdministrator,
    IsHidden: user.isHidden,
    EnableCollectionManagement: false,
    EnableSubtitleManagement: false,
    EnableLyricManagement: false,
    IsDisabled: user.isDisabled,
    BlockedTags: [],
    AllowedTags: [],
    EnableUserPreferenceAccess: true,
    AccessSchedules: [],
    BlockUnratedItems: [],
    EnableRemoteControlOfOtherUsers: user.isAdministrator,
    EnableSharedDeviceControl: true,
    EnableRemoteAccess: true,
    EnableLiveTvManagement: false,
    EnableLiveTvAccess: true,
    EnableMediaPlayback: true,
    EnableAudioPlaybackTranscoding: true,
    EnableVideoPlaybackTranscoding: true,
    EnablePlaybackRemuxing: true,
    ForceRemoteSourceTranscoding: false,
    EnableContentDeletion: user.isAdministrator,
    EnableContentDeletionFromFolders: [],
    EnableContentDownloading: true,
    EnableSyncTranscoding: true,
    EnableMediaConversion: true,
    EnabledDevices: [],
    EnableAllDevices: true,
    EnabledChannels: [],
    EnableAllChannels: true,
    EnabledFolders: [],
    EnableAllFolders: true,
    InvalidLoginAttemptCount: 0,
    LoginAttemptsBeforeLockout: -1,
    MaxActiveSessions: 0,
    EnablePublicSharing: true,
    BlockedMediaFolders: [],
    BlockedChannels: [],
    RemoteClientBitrateLimit: 0,
    AuthenticationProviderId: 'Jellyfin.Server.Implementations.Users.DefaultAuthenticationProvider',
    PasswordResetProviderId: 'Jellyfin.Server.Implementations.Users.DefaultPasswordResetProvider',
    SyncPlayAccess: 'CreateAndJoinGroups',
  };
}

/** The document as it stands: what was written, over what everybody has. */
export function policyOf(user: SimulatedUser): Record<string, unknown> {
  return { ...everybodysPolicy(user), ...user.policy, IsAdministrator: user.isAdministrator, IsHidden: user.isHidden, IsDisabled: user.isDisabled };
}

/** Of an account that was just made. */
export const NEW_USER_POLICY = { EnableAllFolders: true, LoginAttemptsBeforeLockout: -1, MaxActiveSessions: 0 };

/** What a field becomes that a written document leaves out, where that is not nothing. */
export const OMITTED_POLICY: Readonly<Record<string, unknown>> = {
  IsAdministrator: false,
  IsHidden: true,
  IsDisabled: false,
  EnableLiveTvManagement: true,
  EnabledFolders: [],
  EnableAllFolders: true,
  MaxActiveSessions: 0,
  RemoteClientBitrateLimit: 0,
};

/** By the folders of the policy; ghosts of libraries in it grant nothing. */
export function sees(user: SimulatedUser, item: Pick<CatalogueItem, 'library'>): boolean {
  const policy = policyOf(user);
  if (policy['EnableAllFolders'] === true) return true;
  const folders = Array.isArray(policy['EnabledFolders']) ? policy['EnabledFolders'].map((id) => String(id).replaceAll('-', '').toLowerCase()) : [];
  return folders.includes(libraryId(item.library));
}

const CONFIGURATION = {
  PlayDefaultAudioTrack: true,
  SubtitleLanguagePreference: '',
  DisplayMissingEpisodes: false,
  GroupedFolders: [],
  SubtitleMode: 'Default',
  DisplayCollectionsView: false,
  EnableLocalPassword: false,
  OrderedViews: [],
  LatestItemsExcludes: [],
  MyMediaExcludes: [],
  HidePlayedInLatest: true,
  RememberAudioSelections: true,
  RememberSubtitleSelections: true,
  EnableNextEpisodeAutoPlay: true,
  CastReceiverId: 'F007D354',
};

/** `HasPassword` is constant true from 12 on, real before. */
export function userRow(core: SimulatorCore, user: SimulatedUser, major: number): Record<string, unknown> {
  const hasPassword = major >= 12 || user.password !== '';
  const seen = user.lastSeenAtMs === null ? {} : { LastLoginDate: isoDate(user.lastSeenAtMs), LastActivityDate: isoDate(user.lastSeenAtMs) };
  return {
    Name: user.name,
    ServerId: core.serverId,
    Id: userId(core, user),
    HasPassword: hasPassword,
    HasConfiguredPassword: hasPassword,
    HasConfiguredEasyPassword: false,
    EnableAutoLogin: false,
    ...seen,
    Configuration: CONFIGURATION,
    Policy: policyOf(user),
  };
}
