// One stream in its drawer and its mirror, and what does not fit together.

const both = { themes: ['dark', 'light'], widths: [1440, 390] };
const once = { themes: ['dark'], widths: [1440, 390] };
const wide = { themes: ['dark'], widths: [1440] };

export const LIVE_SCENES = [
  { name: '03-drawer-placement', ...both, path: '?session=attic:s0', ready: '#placement-head', mock: { sessions: 20 }, act: (page) => page.locator('.connections').scrollIntoViewIfNeeded() },
  { name: '03-drawer-ended', ...once, path: '?session=attic:gone', ready: '.drawer', mock: { sessions: 20 } },
  { name: '03-drawer-viewer', ...once, path: '?session=attic:s0', ready: '.event-list', mock: { sessions: 20, role: 'VIEWER' } },
  { name: '03-drawer-all', ...once, path: '?session=basement:s3', ready: '.event-list', mock: { sessions: 20 } },
  { name: '03-drawer-limit', ...once, path: '?session=basement:s3', ready: '.event-list', mock: { sessions: 20 }, act: (page) => page.getByRole('button', { name: 'Limit…' }).click() },
  { name: '03-drawer-no-effect', ...once, path: '?session=attic:s0', ready: '.event-list', mock: { sessions: 20, outcome: 'NO_EFFECT' }, act: (page) => page.getByRole('button', { name: 'Pause', exact: true }).click() },
  { name: '20-mirror', ...both, path: 'sessions/attic:s0/mirror', ready: '.mirror-events', mock: { sessions: 20 } },
  { name: '20-mirror-ended', ...once, path: 'sessions/attic:gone/mirror', ready: '.mirror-events', mock: { sessions: 20 } },
  { name: '20-mirror-gone', ...wide, path: 'sessions/attic:never/mirror', ready: '.state', mock: { sessions: 20 } },
  { name: '20-mirror-error', ...wide, path: 'sessions/attic:s0/mirror', ready: '.state', mock: { sessions: 20, refusing: 'fault' } },
  { name: '20-mirror-viewer', ...wide, path: 'sessions/attic:s0/mirror', ready: '.mirror-events', mock: { sessions: 20, role: 'VIEWER' } },
  { name: '19b-mismatches', ...both, path: 'users/mismatches', ready: '.mm-lines', mock: { sessions: 20 } },
  { name: '19b-mismatches-watched', ...both, path: 'users/mismatches/0193a2c4-8888-7000-8000-000000000008', ready: '.mm-compare', mock: { sessions: 20 } },
  { name: '19b-mismatches-libraries', ...once, path: 'users/mismatches/0193a2c4-8888-7000-8000-000000000007', ready: '.mm-compare', mock: { sessions: 20 } },
  { name: '19b-mismatches-compare', ...both, path: 'users/mismatches/0193a2c4-8888-7000-8000-000000000001', ready: '.mm-facts', mock: { sessions: 20 }, act: (page) => page.getByText('Somebody else uses the account', { exact: true }).click() },
  { name: '19b-mismatches-people', ...once, path: 'users/mismatches/0193a2c4-8888-7000-8000-000000000003', ready: '.mm-compare', mock: { sessions: 20 }, act: (page) => page.getByText('Two people', { exact: true }).click() },
  { name: '19b-mismatches-stop', ...wide, path: 'users/mismatches/0193a2c4-8888-7000-8000-000000000001', ready: '.mm-facts', mock: { sessions: 20 }, act: (page) => page.getByRole('button', { name: 'Stop Office…' }).click() },
  { name: '19b-mismatches-ignored', ...wide, path: 'users/mismatches/0193a2c4-8888-7000-8000-000000000005', ready: '.mm-compare', mock: { sessions: 20 } },
  { name: '19b-mismatches-resolved', ...wide, path: 'users/mismatches?state=resolved', ready: '.mm-lines', mock: { sessions: 20 } },
  { name: '19b-mismatches-empty', ...once, path: 'users/mismatches', ready: '.mm-rules', mock: { sessions: 20, calm: true } },
  { name: '19b-mismatches-gone', ...wide, path: 'users/mismatches/0193a2c4-8888-7000-8000-000000000099', ready: '.state', mock: { sessions: 20 } },
  { name: '19b-mismatches-error', ...wide, path: 'users/mismatches', ready: '.state', mock: { refusing: 'fault' } },
  { name: '19b-mismatches-viewer', ...wide, path: 'users/mismatches', ready: '.state', mock: { role: 'VIEWER' } },
];
