// Activities, efficiency, and a server in full.

const both = { themes: ['dark', 'light'], widths: [1440, 390] };
const once = { themes: ['dark'], widths: [1440, 390] };
const wide = { themes: ['dark'], widths: [1440] };

export const OPS_SCENES = [
  { name: '04-activities', ...both, path: 'activities?size=50', ready: '.activity-table', mock: { sessions: 23 } },
  { name: '04-activities-200', ...once, path: 'activities?page=2&size=100&sort=kind', ready: '.activity-table', mock: { servers: 12, sessions: 200, waitingServers: ['Cabin', 'Harbor'] } },
  { name: '04-activities-1', ...once, path: 'activities', ready: '.activity-table', mock: { servers: 1, sessions: 1, healthy: true, idle: true } },
  { name: '04-activities-none', ...once, path: 'activities', ready: '.state', mock: { sessions: 0, healthy: true, idle: true } },
  { name: '04-activities-nomatch', ...wide, path: 'activities?q=zzz&type=scan', ready: '.state', mock: { sessions: 20 } },
  { name: '04-activities-error', ...wide, path: 'activities?type=scan', ready: '.state.error', mock: { refusing: 'fault' } },
  { name: '04-activities-viewer', ...wide, path: 'activities', ready: '.activity-table', mock: { role: 'VIEWER' }, act: (page) => page.getByRole('button', { name: /^Actions on Planet/ }).click() },
  { name: '04-activities-cancel', ...once, path: 'activities?type=download', ready: '.activity-table', act: (page) => page.getByRole('button', { name: /^Cancel The Wire/ }).click() },
  { name: '04-activities-paused', ...wide, path: 'activities', ready: '.activity-table', act: (page) => page.locator('.live-badge button').click() },
  { name: '18-efficiency', ...both, path: 'efficiency', ready: '.eff-table' },
  { name: '18-efficiency-server', ...both, path: 'efficiency?server=office', ready: '.eff-columns .call-table' },
  { name: '18-efficiency-silent', ...wide, path: 'efficiency?server=cabin', ready: '.eff-silent' },
  { name: '18-efficiency-200', ...wide, path: 'efficiency', ready: '.eff-table', mock: { servers: 48, sessions: 200 } },
  { name: '18-efficiency-0', ...wide, path: 'efficiency', ready: '.state', mock: { servers: 0, sessions: 0 } },
  { name: '18-efficiency-viewer', ...wide, path: 'efficiency', ready: '.state', mock: { role: 'VIEWER' } },
  { name: '18-efficiency-error', ...wide, path: 'efficiency', ready: '.state.error', mock: { refusing: 'fault' } },
  { name: '18-efficiency-day', ...both, path: 'efficiency?range=24h', ready: '.curve-chart' },
  { name: '18-efficiency-week', ...once, path: 'efficiency?range=7d', ready: '.curve-chart' },
  { name: '18-efficiency-gap', ...wide, path: 'efficiency', ready: '.curve-gap', mock: { curves: 'gap' } },
  { name: '18-efficiency-fresh', ...once, path: 'efficiency?range=7d', ready: '.curve-chart', mock: { curves: 'fresh' } },
  { name: '18-efficiency-new', ...wide, path: 'efficiency?range=24h', ready: '.eff-table', mock: { curves: 'new' } },
  { name: '18-efficiency-curves-failed', ...wide, path: 'efficiency?range=24h', ready: '.callout', mock: { refusing: 'curves' } },
  { name: '18-efficiency-table', ...both, path: 'efficiency', ready: '.curve-chart', act: (page) => page.getByRole('button', { name: 'As a table' }).click() },
  { name: '18-efficiency-file', ...once, path: 'efficiency', ready: '.eff-table', act: (page) => page.getByRole('button', { name: 'Look inside' }).click() },
  {
    name: '07b-hardening',
    ...both,
    path: 'servers/basement',
    ready: '.hardening-panel',
    act: async (page) => {
      await page.getByRole('button', { name: '1 accepted entry' }).click();
      await page.locator('.hardening-panel').scrollIntoViewIfNeeded();
    },
  },
  { name: '07b-hardening-accept', ...once, path: 'servers/basement', ready: '.hardening-panel', act: (page) => page.getByRole('button', { name: 'Accept… no-lock-out' }).click() },
  { name: '07b-sessions', ...both, path: 'servers/attic/sessions', ready: 'table' },
  { name: '07b-libraries', ...both, path: 'servers/attic/libraries', ready: '.listed-rows li', act: (page) => page.getByLabel('Check the metadata of').selectOption('Movies') },
  { name: '07b-libraries-readonly', ...wide, path: 'servers/seedbox-01/libraries', ready: '.listed-rows li' },
  { name: '07b-library-new', ...once, path: 'servers/attic/libraries', ready: '.listed-rows li', act: (page) => page.getByRole('button', { name: 'New library…' }).click() },
  {
    name: '07b-subtitles',
    ...once,
    path: 'servers/attic/libraries',
    ready: '.listed-rows li',
    act: async (page) => {
      await page.getByRole('button', { name: 'Find subtitles for Dune: Part Two' }).click();
      await page.getByRole('button', { name: 'Search', exact: true }).click();
      await page.waitForSelector('.subtitle-rows');
    },
  },
  { name: '07b-users', ...both, path: 'servers/attic/users?user=u1', ready: '.listed-rows li' },
  { name: '07b-users-viewer', ...wide, path: 'servers/attic/users', ready: 'table', mock: { role: 'VIEWER' }, act: (page) => page.getByRole('button', { name: 'Actions on Viewer 2', exact: true }).click() },
  { name: '07b-tasks', ...both, path: 'servers/basement/tasks', ready: '.task-progress' },
  { name: '07b-tasks-plex', ...wide, path: 'servers/studio/tasks', ready: '.task-progress', mock: { role: 'VIEWER' } },
  { name: '07b-tasks-offline', ...wide, path: 'servers/cabin/tasks', ready: '.state.error' },
  { name: '07b-devices', ...both, path: 'servers/attic/devices', ready: '.detail-table' },
  { name: '07b-devices-200', ...wide, path: 'servers/attic/devices', ready: '.detail-table', mock: { devices: 200 } },
  { name: '07b-devices-0', ...wide, path: 'servers/attic/devices', ready: '.state', mock: { devices: 0 } },
  { name: '07b-devices-viewer', ...wide, path: 'servers/attic/devices', ready: '.state', mock: { role: 'VIEWER' } },
  { name: '07b-events', ...both, path: 'servers/attic/events', ready: '.events-table' },
  { name: '07b-events-history', ...once, path: 'servers/attic/events?list=history', ready: '.events-table' },
  { name: '07b-events-plex', ...wide, path: 'servers/studio/events', ready: '.state' },
  { name: '07b-detail-week', ...both, path: 'servers/attic', ready: '.curve-chart', act: (page) => page.getByText('7 d', { exact: true }).click() },
  { name: '07b-detail-gap', ...wide, path: 'servers/attic', ready: '.curve-gap', mock: { curves: 'gap' } },
  { name: '07b-detail-fresh', ...once, path: 'servers/attic', ready: '.curve-chart', mock: { curves: 'fresh' } },
  { name: '07b-detail-new', ...wide, path: 'servers/attic', ready: '.answer-table', mock: { curves: 'new' } },
  { name: '07b-detail-curves-failed', ...wide, path: 'servers/attic', ready: '.state.error', mock: { refusing: 'curves' } },
  { name: '07b-detail-stale', ...wide, path: 'servers/grandmas-plex', ready: '.half-hours' },
  { name: '07b-detail-viewer', ...wide, path: 'servers/basement', ready: '.host-cells', mock: { role: 'VIEWER' } },
];
