import { createRootRoute, createRoute, createRouter, Link, lazyRouteComponent, Outlet, redirect, retainSearchParams } from '@tanstack/react-router';
import { MapPinOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { basePath } from './api/base-path.js';
import { EmptyState } from './components/state-view.js';
import type { ActivitySearch } from './features/activities/activity-words.js';
import type { DeliveryMark } from './format/media.js';
import { Frame } from './frame/frame.js';

type Raw = Record<string, unknown>;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined);

const MARKS: readonly DeliveryMark[] = ['play', 'stream', 'transcode', 'paused', 'unknown'];

function NotFound(): ReactNode {
  return (
    <main className="alone">
      <EmptyState icon={MapPinOff} title="There is no such page" action={<Link to="/" className="button small">To the overview</Link>}>
        The link may be old or mistyped.
      </EmptyState>
    </main>
  );
}

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

/** Everything behind the sign-in. The scope stays in the address on the way through the pages. */
const frameRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'frame',
  component: Frame,
  validateSearch: (raw: Raw): { servers?: string | undefined } => ({ servers: text(raw['servers']) }),
  search: { middlewares: [retainSearchParams(['servers'])] },
});

interface OverviewSearch {
  kind?: DeliveryMark | undefined;
  q?: string | undefined;
  session?: string | undefined;
}

const overviewRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/',
  staticData: { title: 'Overview' },
  validateSearch: (raw: Raw): OverviewSearch => ({ kind: MARKS.find((mark) => mark === raw['kind']), q: text(raw['q']), session: text(raw['session']) }),
  component: lazyRouteComponent(() => import('./features/overview/overview-page.js')),
});

interface ServersSearch {
  q?: string | undefined;
  vendor?: string | undefined;
  state?: string | undefined;
  role?: string | undefined;
  tag?: string | undefined;
}

const serversRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'servers',
  staticData: { title: 'Servers' },
  validateSearch: (raw: Raw): ServersSearch => ({ q: text(raw['q']), vendor: text(raw['vendor']), state: text(raw['state']), role: text(raw['role']), tag: text(raw['tag']) }),
  component: lazyRouteComponent(() => import('./features/servers/servers-page.js')),
});

const registerRoute = createRoute({
  getParentRoute: () => serversRoute,
  path: 'new',
  staticData: { title: 'Register a server' },
  validateSearch: (raw: Raw): { url?: string | undefined } => ({ url: text(raw['url']) }),
  component: lazyRouteComponent(() => import('./features/servers/register-dialog.js')),
});

const importRoute = createRoute({
  getParentRoute: () => serversRoute,
  path: 'import',
  staticData: { title: 'Import servers' },
  component: lazyRouteComponent(() => import('./features/servers/import-dialog.js')),
});

const serverRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'servers/$alias/{-$tab}',
  staticData: { title: 'Server' },
  validateSearch: (raw: Raw): { user?: string | undefined; list?: string | undefined } => ({ user: text(raw['user']), list: text(raw['list']) }),
  component: lazyRouteComponent(() => import('./features/servers/server-page.js')),
});

const activitiesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'activities',
  staticData: { title: 'Activities' },
  validateSearch: (raw: Raw): ActivitySearch => ({ q: text(raw['q']), type: text(raw['type']), page: text(raw['page']), size: text(raw['size']), sort: text(raw['sort']) }),
  component: lazyRouteComponent(() => import('./features/activities/activities-page.js')),
});

const efficiencyRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'efficiency',
  staticData: { title: 'Efficiency' },
  validateSearch: (raw: Raw): { server?: string | undefined; range?: string | undefined } => ({ server: text(raw['server']), range: text(raw['range']) }),
  component: lazyRouteComponent(() => import('./features/efficiency/efficiency-page.js')),
});

const historyRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'history',
  staticData: { title: 'History' },
  validateSearch: (raw: Raw): { person?: string | undefined } => ({ person: text(raw['person']) }),
  component: lazyRouteComponent(() => import('./features/history/history-page.js')),
});

const routingRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'routing',
  staticData: { title: 'Routing' },
  validateSearch: (raw: Raw): { placement?: string | undefined; verdict?: string | undefined } => ({ placement: text(raw['placement']), verdict: text(raw['verdict']) }),
  component: lazyRouteComponent(() => import('./features/routing/routing-page.js')),
});

const decisionRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'routing/decisions/$id',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/routing', search: { placement: params.id } });
  },
});

const maintenanceRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'maintenance',
  staticData: { title: 'Maintenance' },
  validateSearch: (raw: Raw): { view?: string | undefined; week?: string | undefined; window?: string | undefined; zone?: string | undefined } => ({ view: text(raw['view']), week: text(raw['week']), window: text(raw['window']), zone: text(raw['zone']) }),
  component: lazyRouteComponent(() => import('./features/maintenance/maintenance-page.js')),
});

const planWindowRoute = createRoute({
  getParentRoute: () => maintenanceRoute,
  path: 'new',
  staticData: { title: 'Plan a maintenance window' },
  component: lazyRouteComponent(() => import('./features/maintenance/new-window.js')),
});

const changeWindowRoute = createRoute({
  getParentRoute: () => maintenanceRoute,
  path: '$id/edit',
  staticData: { title: 'Change a maintenance window' },
  component: lazyRouteComponent(() => import('./features/maintenance/change-window.js')),
});

const noticesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'notices',
  staticData: { title: 'Notices' },
  validateSearch: (raw: Raw): { notice?: string | undefined; list?: string | undefined } => ({ notice: text(raw['notice']), list: text(raw['list']) }),
  component: lazyRouteComponent(() => import('./features/notices/notices-page.js')),
});

const librariesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'libraries',
  staticData: { title: 'Libraries' },
  validateSearch: (raw: Raw): { q?: string | undefined; from?: string | undefined; to?: string | undefined } => ({ q: text(raw['q']), from: text(raw['from']), to: text(raw['to']) }),
  component: lazyRouteComponent(() => import('./features/libraries/libraries-page.js')),
});

const newPrecheckRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'libraries/precheck',
  staticData: { title: 'Precheck a copy' },
  validateSearch: (raw: Raw): { from?: string | undefined; to?: string | undefined } => ({ from: text(raw['from']), to: text(raw['to']) }),
  component: lazyRouteComponent(() => import('./features/libraries/new-precheck.js')),
});

const precheckRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'libraries/precheck/$id',
  staticData: { title: 'Precheck' },
  component: lazyRouteComponent(() => import('./features/libraries/precheck-page.js')),
});

const usersRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'users/{-$person}',
  staticData: { title: 'Users' },
  validateSearch: (raw: Raw): { q?: string | undefined; look?: string | undefined; show?: string | undefined } => ({ q: text(raw['q']), look: text(raw['look']), show: text(raw['show']) }),
  component: lazyRouteComponent(() => import('./features/identities/users-page.js')),
});

const mismatchesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'users/mismatches/{-$id}',
  staticData: { title: 'Mismatches' },
  validateSearch: (raw: Raw): { state?: string | undefined } => ({ state: text(raw['state']) }),
  component: lazyRouteComponent(() => import('./features/mismatches/mismatches-page.js')),
});

const mirrorRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'sessions/$key/mirror',
  staticData: { title: 'Mirror' },
  component: lazyRouteComponent(() => import('./features/mirror/mirror-page.js')),
});

const migrationsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'migrations',
  staticData: { title: 'Migrations' },
  validateSearch: (raw: Raw): { list?: string | undefined; server?: string | undefined } => ({ list: text(raw['list']), server: text(raw['server']) }),
  component: lazyRouteComponent(() => import('./features/migrations/migrations-page.js')),
});

const newMigrationRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'migrations/new',
  staticData: { title: 'New migration' },
  validateSearch: (raw: Raw): { from?: string | undefined; to?: string | undefined } => ({ from: text(raw['from']), to: text(raw['to']) }),
  component: lazyRouteComponent(() => import('./features/migrations/new-migration.js')),
});

const migrationRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: 'migrations/$id/{-$step}',
  staticData: { title: 'Migration' },
  validateSearch: (raw: Raw): { tab?: string | undefined; q?: string | undefined; user?: string | undefined } => ({ tab: text(raw['tab']), q: text(raw['q']), user: text(raw['user']) }),
  component: lazyRouteComponent(() => import('./features/migrations/wizard-page.js')),
});

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'login',
  validateSearch: (raw: Raw): { next?: string | undefined } => ({ next: text(raw['next']) }),
  component: lazyRouteComponent(() => import('./features/auth/login-page.js')),
});

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'setup',
  component: lazyRouteComponent(() => import('./features/auth/setup-page.js')),
});

const routeTree = rootRoute.addChildren([
  frameRoute.addChildren([
    overviewRoute,
    serversRoute.addChildren([registerRoute, importRoute]),
    serverRoute,
    activitiesRoute,
    efficiencyRoute,
    historyRoute,
    librariesRoute,
    newPrecheckRoute,
    precheckRoute,
    routingRoute,
    decisionRoute,
    maintenanceRoute.addChildren([planWindowRoute, changeWindowRoute]),
    noticesRoute,
    usersRoute,
    mismatchesRoute,
    mirrorRoute,
    migrationsRoute,
    newMigrationRoute,
    migrationRoute,
  ]),
  loginRoute,
  setupRoute,
]);

/** Plain `?servers=attic,cabin` instead of the router's JSON: every value is a text. */
export const parseSearch = (search: string): Record<string, string> => Object.fromEntries(new URLSearchParams(search));

export function stringifySearch(search: Record<string, unknown>): string {
  const entries = Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '');
  const query = new URLSearchParams(entries).toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/');
  return query ? `?${query}` : '';
}

export const router = createRouter({ routeTree, basepath: basePath, pathParamsAllowedCharacters: [':'], parseSearch, stringifySearch, scrollRestoration: true, defaultPreload: 'intent', defaultPendingMs: 200 });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface StaticDataRouteOption {
    /** Name of the page in the window's title. */
    title?: string;
  }
}
