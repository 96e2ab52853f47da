// What the console is looked at in: one entry per page and state.
import { OPS_SCENES } from './scenes-ops.mjs';
import { LIVE_SCENES } from './scenes-live.mjs';

const both = { themes: ['dark', 'light'], widths: [1440, 390] };
const once = { themes: ['dark'], widths: [1440, 390] };
const wide = { themes: ['dark'], widths: [1440] };

const PLACEMENT = '0193a2c4-1111-7000-8000-000000000500';
const REFUSED = '0193a2c4-1111-7000-8000-000000000510';
const WINDOW = '0193a2c4-1111-7000-8000-000000000803';
const PLAN = '0193a2c4-1111-7000-8000-000000000900';
const MIGRATION = '0193a2c4-5555-7000-8000-00009d5c20e1';
const EMAILS = 'server,user,email\nattic,ben.okafor,ben@okafor.example\nattic,hana,hana@ito.example\nbasement,tomas,tomas@reyes.example\ncabin,anna,ana@example.org\noffice,leo,leo@brandt\nharbor,sana,sana@rahimi.example\nseedbox-02,otto,otto@lang.example\n';

/** Chooses a title and a viewer in the dialog that tries a placement. */
async function fillTry(page, title) {
  await page.getByRole('button', { name: 'Try a placement…' }).click();
  await page.getByLabel('Title', { exact: true }).fill(title);
  await page.getByRole('radio').first().check();
  await page.getByLabel('Viewer on Attic').selectOption('Viewer 2');
}

export const SCENES = [
  ...OPS_SCENES,
  ...LIVE_SCENES,
  { name: '01-overview', ...both, ready: '.row-session', mock: { sessions: 20 } },
  { name: '01-overview-1', ...once, ready: '.row-session', mock: { servers: 1, sessions: 1, healthy: true } },
  { name: '01-overview-0', ...once, ready: '.row-server', mock: { servers: 8, sessions: 0 } },
  { name: '01-overview-200', ...both, ready: '.row-session', mock: { servers: 12, sessions: 200 } },
  { name: '01-overview-demo', ...once, ready: '.row-session', mock: { servers: 6, sessions: 14, demo: true, insecure: true } },
  { name: '01-overview-filter', ...once, path: '?kind=transcode&q=e', ready: '.row-session', mock: { sessions: 20 } },
  { name: '01-overview-filter-none', ...wide, path: '?q=zzzz', ready: '.state', mock: { sessions: 20 } },
  ...[[0, {}], [1, { healthy: true }], [20, {}], [200, { servers: 12 }]].map(([sessions, mock]) => ({
    name: `24-cards-${sessions}`,
    ...(sessions === 20 ? both : once),
    path: '',
    ready: sessions === 0 ? '.row-server' : '.row-session',
    mock: { sessions, ...mock },
    act: async (page) => {
      const cards = page.getByLabel('Cards', { exact: true });
      if (await cards.isVisible()) await cards.check({ force: true });
    },
  })),
  { name: '01b-scope', ...once, path: '?servers=attic,basement,seedbox-01,office', ready: '.row-session', act: (page) => page.click('.scope-button') },
  { name: '01c-menu', ...wide, ready: '.row-session', act: async (page) => page.locator('.row-session .icon-button').nth(1).click() },
  { name: '01d-stop', ...once, path: '?session=attic:s0', ready: '.drawer', act: (page) => page.getByRole('button', { name: 'Stop…' }).click() },
  { name: '01e-error', ...wide, ready: '.state', mock: { sessions: 1, failing: true } },
  { name: '02-empty', ...both, ready: '.empty-overview', mock: { servers: 0, sessions: 0 } },
  { name: '03-drawer', ...both, path: '?session=attic:s0', ready: '.drawer', mock: { sessions: 20 } },
  { name: '07a-servers', ...both, path: 'servers', ready: '.server-table' },
  { name: '07b-detail', ...both, path: 'servers/attic', ready: '.host-cells' },
  { name: '07b-detail-offline', ...once, path: 'servers/cabin', ready: '.host-cells' },
  {
    name: '07b-restart',
    ...once,
    path: 'servers/attic',
    ready: '.work-rows',
    act: async (page) => {
      await page.getByRole('button', { name: 'Restart…' }).click();
      await page.getByLabel('Type Attic to confirm').fill('Attic');
    },
  },
  { name: '07b-refresh', ...wide, path: 'servers/attic', ready: '.work-rows', act: (page) => page.getByRole('button', { name: 'Refresh…' }).click() },
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
    path: 'notices?servers=attic',
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
  { name: '06-routing', ...both, path: 'routing', ready: '.candidates, .placements', mock: { sessions: 23 } },
  { name: '06-routing-decision', ...both, path: `routing/decisions/${PLACEMENT}`, ready: '.candidates', mock: { sessions: 23 } },
  { name: '06-routing-refused', ...once, path: `routing?placement=${REFUSED}`, ready: '.candidates', mock: { sessions: 23 } },
  { name: '06-routing-gone', ...wide, path: 'routing?placement=0193a2c4-9999-7000-8000-000000000000', ready: '.state' },
  { name: '06-routing-empty', ...wide, path: 'routing', ready: '.placements .state', mock: { empty: true } },
  { name: '06-routing-off', ...once, path: 'routing', ready: '.router-off', mock: { routerOff: true, role: 'VIEWER' } },
  { name: '06-routing-error', ...wide, path: 'routing', ready: '.state', mock: { refusing: 'fault' } },
  { name: '06-routing-loading', ...wide, path: 'routing', ready: '.load-strip-loading', mock: { delayMs: 900 } },
  { name: '06-routing-drain', ...both, path: 'routing', ready: '.candidates, .placements', act: (page) => page.getByRole('button', { name: 'Drain…' }).click() },
  {
    name: '06-routing-simulate',
    ...both,
    path: 'routing',
    ready: '.candidates, .placements',
    act: async (page) => {
      await fillTry(page, 'dune');
      await page.getByRole('button', { name: 'Simulate', exact: true }).click();
      await page.waitForSelector('.simulated');
    },
  },
  {
    name: '06-routing-link',
    ...both,
    path: 'routing',
    ready: '.candidates, .placements',
    act: async (page) => {
      await fillTry(page, 'dune');
      await page.getByRole('button', { name: 'Make link' }).click();
      await page.waitForSelector('.made-link');
    },
  },
  { name: '16a-notices', ...both, path: 'notices', ready: '.delivery-table', mock: { sessions: 23 }, act: (page) => page.getByLabel('Text', { exact: true }).fill('Attic answers a little slower until about 21:45. Nothing to do. Sam') },
  { name: '16a-notices-servers', ...once, path: 'notices', ready: '.delivery-table', mock: { sessions: 23 }, act: (page) => page.getByLabel('Servers', { exact: true }).check({ force: true }) },
  {
    name: '16a-notices-sessions',
    ...once,
    path: 'notices',
    ready: '.delivery-table',
    mock: { sessions: 23 },
    act: async (page) => {
      await page.getByLabel('Sessions', { exact: true }).check({ force: true });
      await page.getByRole('button', { name: 'Send notice' }).click();
    },
  },
  { name: '16a-notices-empty', ...wide, path: 'notices', ready: '.state', mock: { empty: true, sessions: 0 } },
  { name: '16a-notices-viewer', ...wide, path: 'notices', ready: '.state', mock: { role: 'VIEWER', refusing: 'forbidden' } },
  { name: '16a-notices-error', ...wide, path: 'notices', ready: '.state', mock: { refusing: 'fault' } },
  { name: '16b-maintenance', ...both, path: 'maintenance?zone=Asia%2FTokyo', ready: '.week, .window-list', mock: { sessions: 23 } },
  { name: '16b-maintenance-list', ...wide, themes: ['dark', 'light'], path: 'maintenance?view=list', ready: '.window-list' },
  { name: '16b-maintenance-empty', ...wide, path: 'maintenance?view=list', ready: '.state', mock: { empty: true } },
  { name: '16b-maintenance-viewer', ...wide, path: 'maintenance', ready: '.state', mock: { role: 'VIEWER', refusing: 'forbidden' } },
  { name: '16b-maintenance-error', ...wide, path: 'maintenance', ready: '.state', mock: { refusing: 'fault' } },
  {
    name: '16b-maintenance-cancel',
    ...once,
    path: 'maintenance',
    ready: '.window-page',
    act: async (page) => {
      await page.getByRole('button', { name: /^Actions on New disks/ }).click();
      await page.getByRole('menuitem', { name: 'Cancel window…' }).click();
    },
  },
  {
    name: '16c-maintenance-create',
    ...both,
    path: 'maintenance/new?zone=Asia%2FTokyo',
    ready: '.window-columns',
    act: async (page) => {
      await page.getByLabel('What').fill('Kernel update');
      await page.locator('.window-fields .server-chip:has-text("Attic")').click();
      await page.locator('.window-fields .server-chip:has-text("Office")').click();
      await page.getByLabel('Day', { exact: true }).fill('2026-12-01');
      await page.getByLabel('Monthly').check();
      await page.waitForSelector('.next-dates');
    },
  },
  { name: '16c-maintenance-change', ...once, path: `maintenance/${WINDOW}/edit`, ready: '.next-dates' },
  { name: '16c-maintenance-wrong', ...wide, path: 'maintenance/new', ready: '.window-columns', act: (page) => page.getByRole('button', { name: 'Plan window' }).click() },
  { name: '17-libraries', ...both, path: 'libraries', ready: '.overlap-rows' },
  { name: '17-libraries-empty', ...once, path: 'libraries', ready: '.state', mock: { empty: true, unread: true } },
  { name: '17-libraries-error', ...wide, path: 'libraries', ready: '.state', mock: { refusing: 'fault' } },
  { name: '17-libraries-filter', ...wide, path: 'libraries?q=zzz', ready: '.state' },
  { name: '17-precheck-new', ...both, path: 'libraries/precheck?from=seedbox-01&to=attic', ready: '.precheck-choice' },
  { name: '17-precheck-new-viewer', ...wide, path: 'libraries/precheck', ready: '.precheck-choice', mock: { role: 'VIEWER' } },
  { name: '17-precheck', ...both, path: `libraries/precheck/${PLAN}`, ready: '.plan-columns' },
  { name: '17-precheck-checking', ...wide, path: `libraries/precheck/${PLAN}`, ready: '.plan-progress', mock: { plan: 'checking' } },
  { name: '17-precheck-failed', ...wide, path: `libraries/precheck/${PLAN}`, ready: '.state', mock: { plan: 'failed' } },
  { name: '17-precheck-fine', ...once, path: `libraries/precheck/${PLAN}`, ready: '.plan-columns', mock: { plan: 'fine' } },
  { name: '17-precheck-forbidden', ...wide, path: `libraries/precheck/${PLAN}`, ready: '.state', mock: { refusing: 'forbidden' } },
  { name: '05-migrations', ...both, path: 'migrations', ready: '.mig-list', mock: { migration: 'running' } },
  { name: '05-migrations-empty', ...wide, path: 'migrations', ready: '.mig-road', mock: { empty: true } },
  { name: '05-migrations-operator', ...wide, path: 'migrations', ready: '.state', mock: { role: 'OPERATOR' } },
  { name: '05-migrations-offline', ...wide, path: `migrations/${MIGRATION}`, ready: '.state', mock: { migration: 'offline' } },
  { name: '13a-select', ...both, path: `migrations/${MIGRATION}/select`, ready: '.mig-user-table', mock: { migration: 'draft' } },
  {
    name: '13b-map',
    ...both,
    path: `migrations/${MIGRATION}/map`,
    ready: '.mig-pairings',
    mock: { migration: 'draft' },
    act: async (page) => {
      await page.getByRole('button', { name: 'Decide', exact: true }).first().click();
      await page.waitForSelector('.mig-question');
    },
  },
  { name: '13c-map-libraries', ...wide, path: `migrations/${MIGRATION}/map?tab=libraries`, ready: '.mig-library-table', mock: { migration: 'draft' } },
  { name: '13d-map-fields', ...wide, path: `migrations/${MIGRATION}/map?tab=fields`, ready: '.mig-rules', mock: { migration: 'stale' } },
  { name: '05a-check', ...both, path: `migrations/${MIGRATION}`, ready: '.mig-row-table', mock: { migration: 'checked' } },
  { name: '05a-check-50', ...wide, path: `migrations/${MIGRATION}/check?tab=skip`, ready: '.mig-row-table', mock: { migration: 'checked', people: 50 } },
  { name: '05a-checking', ...wide, path: `migrations/${MIGRATION}`, ready: '.mig-progress', mock: { migration: 'checking' } },
  { name: '14a-approve', ...both, path: `migrations/${MIGRATION}`, ready: '.mig-lost', mock: { migration: 'frozen' } },
  {
    name: '14b-approved-revoke',
    ...wide,
    path: `migrations/${MIGRATION}`,
    ready: '.mig-signers',
    mock: { migration: 'approved' },
    act: async (page) => {
      await page.getByRole('button', { name: 'Revoke…' }).last().click();
      await page.getByLabel('Reason, kept in the audit log').fill('Ben asked to wait until Sunday');
    },
  },
  { name: '05b-run', ...both, path: `migrations/${MIGRATION}`, ready: '.mig-user-bars', mock: { migration: 'running' } },
  { name: '05b-run-paused', ...wide, path: `migrations/${MIGRATION}/run`, ready: '.mig-user-bars', mock: { migration: 'paused', signatures: 1 } },
  { name: '05c-verify', ...both, path: `migrations/${MIGRATION}`, ready: '.mig-exception-table', mock: { migration: 'awaiting' } },
  { name: '05d-finish', ...both, path: `migrations/${MIGRATION}`, ready: '.mig-moved', mock: { migration: 'done' } },
  { name: '15a-identities', ...both, path: 'users', ready: '.id-accounts' },
  { name: '15a-identities-empty', ...wide, path: 'users', ready: '.state', mock: { empty: true } },
  { name: '15b-merge', ...both, path: 'users?look=pair-1', ready: '.id-merge' },
  {
    name: '15c-import-emails',
    ...both,
    path: 'users?show=import',
    ready: '.id-import-text',
    act: async (page) => {
      await page.locator('.id-import-text').fill(EMAILS);
      await page.getByRole('button', { name: 'Try the lines' }).click();
      await page.waitForSelector('.id-import-table');
    },
  },
  { name: '07e-role', ...both, path: 'servers/basement/settings', ready: '.settings-columns', act: (page) => page.getByRole('button', { name: 'Make primary…' }).click() },
];
