import type { SimulatorCore } from '../base/core.js';
import type { CatalogueItem, SimulatedUser } from '../base/media.js';
import { isoDate } from '../mediabrowser/ticks.js';
import { libraryGuid, userId } from './ids.js';

const CONFIGURATION = {
  PlayDefaultAudioTrack: true,
  DisplayMissingEpisodes: false,
  SubtitleMode: 'Smart',
  OrderedViews: [],
  LatestItemsExcludes: [],
  MyMediaExcludes: [],
  HidePlayedInLatest: true,
  HidePlayedInMoreLikeThis: false,
  HidePlayedInSuggestions: false,
  RememberAudioSelections: true,
  RememberSubtitleSelections: true,
  EnableNextEpisodeAutoPlay: true,
  ResumeRewindSeconds: 0,
  IntroSkipMode: 'ShowButton',
  EnableLocalPassword: false,
};

function everybodysPolicy(user: SimulatedUser) {
  return {
    IsAdministrator: user.isAdministrator,
    IsHidden: user.isHidden,
    IsHiddenRemotely: true,
    IsHiddenFromUnusedDevices: false,
    IsDisabled: user.isDisabled,
    LockedOutDate: 0,
    AllowTagOrRating: false,
    BlockedTags: [],
    IsTagBlockingModeInclusive: false,
    IncludeTags: [],
    EnableUserPreferenceAccess: true,
    AccessSchedules: [],
    BlockUnratedItems: [],
    EnableRemoteControlOfOtherUsers: user.isAdministrator,
    EnableSharedDeviceControl: true,
    EnableRemoteAccess: true,
    EnableLiveTvManagement: user.isAdministrator,
    EnableLiveTvAccess: true,
    EnableMediaPlayback: true,
    EnableAudioPlaybackTranscoding: true,
    EnableVideoPlaybackTranscoding: true,
    AutoRemoteQuality: 0,
    EnablePlaybackRemuxing: true,
    EnableContentDeletion: user.isAdministrator,
    RestrictedFeatures: [],
    EnableContentDeletionFromFolders: [],
    EnableContentDownloading: true,
    EnableSubtitleDownloading: true,
    EnableSubtitleManagement: false,
    EnableSyncTranscoding: true,
    EnableMediaConversion: true,
    EnabledChannels: [],
    EnableAllChannels: true,
    EnabledFolders: [],
    EnableAllFolders: true,
    InvalidLoginAttemptCount: 0,
    EnablePublicSharing: true,
    RemoteClientBitrateLimit: 0,
    AuthenticationProviderId: 'Emby.Server.Implementations.Library.DefaultAuthenticationProvider',
    ExcludedSubFolders: [],
    SimultaneousStreamLimit: 0,
    EnabledDevices: [],
    EnableAllDevices: true,
    AllowCameraUpload: true,
    AllowSharingPersonalItems: false,
  };
}

/** The document as it stands: what was written, over what everybody has. */
export function policyOf(user: SimulatedUser): Record<string, unknown> {
  return { ...everybodysPolicy(user), ...user.policy, IsAdministrator: user.isAdministrator, IsHidden: user.isHidden, IsDisabled: user.isDisabled };
}

/** Policies name libraries by their Guid; other ids in them grant nothing. */
export function sees(core: SimulatorCore, user: SimulatedUser, item: Pick<CatalogueItem, 'library'>): boolean {
  const policy = policyOf(user);
  return policy['EnableAllFolders'] === true || (Array.isArray(policy['EnabledFolders']) && policy['EnabledFolders'].includes(libraryGuid(core, item.library)));
}

/** The public list shows neither policy nor configuration. */
export function publicUserRow(core: SimulatorCore, user: SimulatedUser): Record<string, unknown> {
  const hasPassword = user.password !== '';
  const seen = user.lastSeenAtMs === null ? {} : { LastLoginDate: isoDate(user.lastSeenAtMs), LastActivityDate: isoDate(user.lastSeenAtMs) };
  return { Name: user.name, ServerId: core.serverId, Prefix: user.name.charAt(0).toUpperCase(), Id: userId(core, user), HasPassword: hasPassword, HasConfiguredPassword: hasPassword, ...seen };
}

export function userRow(core: SimulatorCore, user: SimulatedUser): Record<string, unknown> {
  return { ...publicUserRow(core, user), DateCreated: isoDate(Date.UTC(2024, 0, 1)), Configuration: CONFIGURATION, Policy: policyOf(user) };
}
