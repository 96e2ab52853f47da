import { Navigate, Outlet, useLocation, useNavigate, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { ErrorState, LoadingRows } from '../components/state-view.js';
import { ToastProvider } from '../components/toast.js';
import { useAuth } from '../features/auth/auth-context.js';
import { LiveProvider, useLive, usePaused } from '../live/live-context.js';
import { Banners } from './banners.js';
import { focusPageSearch, pressPageRefresh, useKeys } from './keyboard.js';
import { BottomBar, SideNav } from './nav.js';
import { useStreamTitle } from './stream-title.js';
import { TopBar } from './top-bar.js';
import { useNarrow } from './use-media.js';

const Palette = lazy(() => import('./palette.js'));
const ShortcutList = lazy(() => import('./shortcut-list.js'));

/** The first thing a screen reader hears on a new page is its heading. */
function useHeadingFocus(): void {
  const path = useLocation({ select: ({ pathname }) => pathname });
  const status = useRouterState({ select: (state) => state.status });
  const last = useRef(path);
  useEffect(() => {
    if (status !== 'idle' || last.current === path) return;
    last.current = path;
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, [path, status]);
}

function Shell(): ReactNode {
  const navigate = useNavigate();
  const { store, connection } = useLive();
  const paused = usePaused();
  const narrow = useNarrow();
  const [open, setOpen] = useState<'palette' | 'keys' | 'scope' | null>(null);
  const [kiosk, setKiosk] = useState(false);
  const close = () => setOpen(null);
  useHeadingFocus();
  useStreamTitle();
  useKeys({
    'mod+k': () => setOpen('palette'),
    '?': () => setOpen('keys'),
    '/': focusPageSearch,
    s: () => setOpen('scope'),
    r: () => {
      void connection.refresh();
      pressPageRefresh();
    },
    p: () => (paused ? store.resume() : store.pause()),
    K: () => setKiosk(!kiosk),
    'g o': () => void navigate({ to: '/' }),
    'g a': () => void navigate({ to: '/activities' }),
    'g s': () => void navigate({ to: '/servers' }),
    'g h': () => void navigate({ to: '/history' }),
    'g l': () => void navigate({ to: '/libraries' }),
    'g r': () => void navigate({ to: '/routing' }),
    'g m': () => void navigate({ to: '/maintenance' }),
    'g n': () => void navigate({ to: '/notices' }),
    'g u': () => void navigate({ to: '/users/{-$person}' }),
    'g x': () => void navigate({ to: '/migrations' }),
    'g e': () => void navigate({ to: '/efficiency' }),
  });
  return (
    <div className={`frame ${kiosk ? 'kiosk' : ''}`}>
      <a className="skip-link" href="#main" onClick={(event) => {
        event.preventDefault();
        const main = document.getElementById('main');
        (main?.querySelector<HTMLElement>('[data-skip-target]') ?? main)?.focus();
      }}>
        Skip to the content
      </a>
      {!kiosk && <TopBar scopeOpen={open === 'scope'} onScope={(opened) => setOpen(opened ? 'scope' : null)} onPalette={() => setOpen('palette')} onKeys={() => setOpen('keys')} onKiosk={() => setKiosk(true)} />}
      {!kiosk && <Banners />}
      {!kiosk && !narrow && <SideNav />}
      <main id="main" tabIndex={-1}>
        <Suspense fallback={<LoadingRows rows={8} height={48} label="Loading the page" />}>
          <Outlet />
        </Suspense>
        <div id="menus" />
      </main>
      {kiosk ? (
        <button type="button" className="button small kiosk-exit" onClick={() => setKiosk(false)}>
          Leave kiosk
        </button>
      ) : (
        narrow && <BottomBar />
      )}
      <Suspense>
        {open === 'palette' && <Palette onClose={close} onKeys={() => setOpen('keys')} onKiosk={() => setKiosk(true)} />}
        {open === 'keys' && <ShortcutList onClose={close} />}
      </Suspense>
    </div>
  );
}

/** Frame of all pages behind the sign-in; leads to the first run or the sign-in when there is nobody. */
export function Frame(): ReactNode {
  const { welcome, problem, reload } = useAuth();
  const href = useLocation({ select: (location) => location.href });
  const path = useLocation({ select: (location) => location.pathname });
  if (!welcome) {
    return (
      <main className="alone">{problem ? <ErrorState title="Usher does not answer" problem={problem} onRetry={() => void reload()} /> : <LoadingRows rows={6} height={48} label="Loading Usher" />}</main>
    );
  }
  if (welcome.setupState.needsFirstOperator) return <Navigate to="/setup" replace />;
  // While the sign-in page is being loaded the address is its own already, and must not become its own `next`.
  if (!welcome.viewer) return path === '/login' ? null : <Navigate to="/login" search={{ next: href }} replace />;
  return (
    <LiveProvider>
      <ToastProvider>
        <Shell />
      </ToastProvider>
    </LiveProvider>
  );
}
