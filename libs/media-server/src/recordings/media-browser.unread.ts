import type { Unread } from './unread.js';

/** Emby and Jellyfin. */
export const MEDIA_BROWSER_UNREAD: readonly Unread[] = [
  { request: /^POST \/Users\/(AuthenticateByName|AuthenticateWithQuickConnect|ForgotPassword)$/i, why: 'people sign in at their server; the agent holds a key' },
  { request: /^(GET|POST) \/QuickConnect\//i, why: 'people sign in at their server; the agent holds a key' },
  { request: /^GET \/Auth\/(Keys|Providers)$/i, why: 'the list of keys shows the keys themselves' },
  { request: /^(GET|POST) \/(Users\/[^/]+\/Views|UserViews|Library\/MediaFolders|Library\/PhysicalPaths|Libraries\/AvailableOptions)$/i, why: 'libraries are read from the virtual folders, which have the paths as well' },
  { request: /^GET \/(Genres|Items\/Filters|Artists)$/i, why: 'nothing is browsed by genre or artist' },
  { request: /^GET \/Items\/[^/]+\/(Ancestors|Similar|Collections)$/i, why: 'no feature asks what is near an item' },
  { request: /^GET \/Artists\/[^/]+\/Similar$/i, why: 'no feature asks what is near an item' },
  { request: /^GET \/Videos\/|^GET \/Items\/[^/]+\/Images\//i, why: 'films and pictures go from the server to the viewer, not through the agent' },
  { request: /DeviceProfile sent by clients|^POST \/Items\/\{channelId\}\/PlaybackInfo$/i, why: 'what players send is no answer' },
  { request: /^GET \/DisplayPreferences\//i, why: 'the looks of the vendor’s own pages' },
  { request: /^GET \/Startup\//i, why: 'the wizard belongs to whoever installs the server' },
  { request: /^GET \/(Branding\/Configuration|System\/Configuration\/[a-z]+(\/Default)?|Localization\/ParentalRatings|Packages|Plugins)$/i, why: 'settings that neither the hardening list nor a user’s policy is made of' },
  { request: /^GET \/(Environment\/(DirectoryContents|Drives)|System\/Endpoint)$/i, why: 'folders are checked one by one, never browsed' },
  { request: /^GET \/System\/Logs(\/Log)?$/i, why: 'log files hold addresses and names; the activity log is read instead' },
  { request: /^GET \/Devices\/(Info|Options)$/i, why: 'the list of devices holds the same' },
  { request: /^GET \/Playlists\/[^/]+(\/Users)?$/i, why: 'refused to keys; playlists are read from a user’s items' },
  { request: /^POST \/UserPlayedItems\/|^POST \/UserItems\//i, why: 'an experiment told in three readings of a date, not an answer' },
];
