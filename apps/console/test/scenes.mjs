// What the console is looked at in: one entry per page and state.

const both = { themes: ['dark', 'light'], widths: [1440, 390] };
const once = { themes: ['dark'], widths: [1440, 390] };
const wide = { themes: ['dark'], widths: [1440] };

export const SCENES = [
  { name: '01-overview', ...both, ready: '.row-session', mock: { sessions: 20 } },
  { name: '01-overview-1', ...once, ready: '.row-session', mock: { servers: 1, sessions: 1, healthy: true } },
  { name: '01-overview-0', ...once, ready: '.row-server', mock: { servers: 8, sessions: 0 } },
  { name: '01-overview-200', ...both, ready: '.row-session', mock: { servers: 12, sessions: 200 } },
  { name: '01-overview-demo', ...once, ready: '.row-session', mock: { servers: 6, sessions: 14, demo: true, insecure: true } },
  { name: '01-overview-filter', ...once, path: '?kind=transcode&q=e', ready: '.row-session', mock: { sessions: 20 } },
  { name: '01-overview-filter-none', ...wide, path: '?q=zzzz', ready: '.state', mock: { sessions: 20 } },
  { name: '01b-scope', ...once, path: '?servers=attic,basement,seedbox-01,office', ready: '.row-session', act: (page) => page.click('.scope-button') },
  { name: '01c-menu', ...wide, ready: '.row-session', act: async (page) => page.locator('.row-session .icon-button').nth(1).click() },
  { name: '01d-stop', ...once, path: '?session=attic:s0', ready: '.drawer', act: (page) => page.getByRole('button', { name: 'Stop…' }).click() },
  { name: '01e-error', ...once, ready: '.state', mock: { sessions: 1, failing: true } },
  { name: '02-empty', ...both, ready: '.empty-overview', mock: { servers: 0, sessions: 0 } },
  { name: '03-drawer', ...both, path: '?session=attic:s0', ready: '.drawer', mock: { sessions: 20 } },
  { name: '07a-servers', ...both, path: 'servers', ready: '.server-table' },
  { name: '07b-detail', ...both, path: 'servers/attic', ready: '.host-cells' },
  { name: '07b-detail-offline', ...once, path: 'servers/cabin', ready: '.host-cells' },
  { name: '07b-sessions', ...once, path: 'servers/attic/sessions', ready: 'table' },
  { name: '07b-users', ...once, path: 'servers/attic/users', ready: 'table' },
  { name: '07b-settings', ...both, path: 'servers/attic/settings', ready: '.settings-columns' },
  {
    name: '07c-register-refused',
    ...both,
    path: 'servers/new',
    ready: '.register',
    act: async (page) => {
      await page.getByRole('textbox', { name: 'Address' }).fill('https://media.kofi.example');
      await page.getByLabel('API key', { exact: true }).fill('wrong-key-wrong-key');
      await page.getByLabel('Alias').fill('Kofi’s Jellyfin');
      await page.getByRole('button', { name: 'Test connection' }).click();
    },
  },
  {
    name: '07c-register-unreachable',
    ...wide,
    path: 'servers/new?url=https%3A%2F%2Frefused.example',
    ready: '.register',
    act: async (page) => {
      await page.getByLabel('API key', { exact: true }).fill('some-key');
      await page.getByRole('button', { name: 'Test connection' }).click();
    },
  },
  {
    name: '07d-import',
    ...both,
    path: 'servers/import',
    ready: '.import-text',
    act: async (page) => {
      await page.locator('.import-text').fill('url,token,alias\nhttps://a.example,k,Attic\nhttps://b.example,k,Basement\nhttps://refused.example,k,Cabin\n');
      await page.getByRole('button', { name: 'Test the rows' }).click();
      await page.waitForSelector('.import-results');
    },
  },
  { name: '07d-import-empty', ...wide, path: 'servers/import', ready: '.import-text' },
  { name: '08-history', ...both, path: 'history', ready: '.history-table' },
  {
    name: '09-palette',
    ...both,
    ready: '.row-session',
    act: async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill('att');
    },
  },
  { name: '09b-keys', ...both, ready: '.row-session', act: (page) => page.keyboard.press('?') },
  { name: '10-login', ...both, path: 'login', ready: '.auth-card', mock: { signedIn: false, insecure: true } },
  {
    name: '10-login-locked',
    ...wide,
    path: 'login',
    ready: '.auth-card',
    mock: { signedIn: false },
    act: async (page) => {
      await page.getByLabel('Name').fill('sam');
      await page.getByLabel('Password', { exact: true }).fill('locked');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    },
  },
  { name: '10-setup', ...both, path: 'setup', ready: '.auth-card', mock: { needsSetup: true, servers: 0, sessions: 0 } },
  {
    name: '10-setup-code',
    ...wide,
    path: 'setup',
    ready: '.auth-card',
    mock: { needsSetup: true, servers: 0, sessions: 0 },
    act: async (page) => {
      await page.getByLabel('One-time code').fill('AAAAA-BBBBB');
      await page.getByLabel('Your name').fill('Sam');
      await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
      await page.getByRole('button', { name: 'Create the first account' }).click();
    },
  },
  {
    name: '10-setup-server',
    ...once,
    path: 'setup',
    ready: '.auth-card',
    mock: { needsSetup: true, servers: 0, sessions: 0 },
    act: async (page) => {
      await page.getByLabel('One-time code').fill('K7QF9-3TMXA');
      await page.getByLabel('Your name').fill('Sam');
      await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
      await page.getByRole('button', { name: 'Create the first account' }).click();
      await page.waitForSelector('.register');
    },
  },
];
