import { Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Link, useLocation, useNavigate, type LinkProps } from '@tanstack/react-router';
import { Ellipsis, Flag, Gauge, History, LibraryBig, List, LogOut, Megaphone, Moon, Route, Server, Shuffle, Sun, Timer, UserRound, Wrench, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { DropMenu } from '../components/drop-menu.js';
import { useAuth } from '../features/auth/auth-context.js';
import { useOpenMismatches } from '../features/mismatches/use-mismatches.js';
import { moment, zone } from '../format/units.js';
import { useNow, useServers } from '../live/live-context.js';

interface NavEntry {
  readonly to: NonNullable<LinkProps['to']>;
  readonly label: string;
  readonly icon: LucideIcon;
}

const GROUPS: readonly { label: string; entries: readonly NavEntry[] }[] = [
  {
    label: 'Monitor',
    entries: [
      { to: '/', label: 'Overview', icon: Gauge },
      { to: '/activities', label: 'Activities', icon: List },
      { to: '/history', label: 'History', icon: History },
    ],
  },
  {
    label: 'Fleet',
    entries: [
      { to: '/servers', label: 'Servers', icon: Server },
      { to: '/users/{-$person}', label: 'Users', icon: UserRound },
      { to: '/users/mismatches/{-$id}', label: 'Mismatches', icon: Flag },
      { to: '/libraries', label: 'Libraries', icon: LibraryBig },
      { to: '/routing', label: 'Routing', icon: Route },
      { to: '/maintenance', label: 'Maintenance', icon: Wrench },
      { to: '/notices', label: 'Notices', icon: Megaphone },
    ],
  },
  { label: 'Operate', entries: [{ to: '/migrations', label: 'Migrations', icon: Shuffle }] },
  { label: 'System', entries: [{ to: '/efficiency', label: 'Efficiency', icon: Timer }] },
];

const ENTRIES = GROUPS.flatMap(({ entries }) => entries);

/** Its address begins like the one of Users, which is another page. */
const MISMATCHES = '/users/mismatches';

const Entry = ({ to, label, icon: Icon, badge, exact = to === '/' }: NavEntry & { badge?: ReactNode; exact?: boolean }) => (
  <Link to={to} activeOptions={{ exact, includeSearch: false }} className="nav-item" title={label}>
    <Icon size={16} aria-hidden />
    <span className="nav-word">{label}</span>
    {badge}
  </Link>
);

/** Open mismatches, in red as long as there are any. */
function MismatchCount(): ReactNode {
  const open = useOpenMismatches();
  if (!open) return null;
  return (
    <span className="nav-count text-danger">
      {open}
      <span className="sr-only"> open</span>
    </span>
  );
}

function ZoneClock(): ReactNode {
  const nowMs = useNow(60_000);
  return (
    <>
      {zone()} · {moment(nowMs, nowMs)}
    </>
  );
}

/** Navigation at the side, with the pages that exist. */
export function SideNav(): ReactNode {
  const servers = useServers();
  const version = useAuth().welcome?.setupState.version;
  const atMismatches = useLocation({ select: ({ pathname }) => pathname.includes(MISMATCHES) });
  const badges: Readonly<Record<string, ReactNode>> = { '/servers': servers && <span className="nav-count">{servers.length}</span>, '/users/mismatches/{-$id}': <MismatchCount /> };
  return (
    <nav className="side-nav" aria-label="Pages">
      {GROUPS.map(({ label, entries }) => (
        <div key={label} className="nav-group" role="group" aria-label={label}>
          {entries.map((entry) => (
            <Entry key={entry.to} {...entry} badge={badges[entry.to]} exact={entry.to === '/' || (atMismatches && entry.label === 'Users')} />
          ))}
        </div>
      ))}
      <div className="nav-foot">
        <ZoneClock />
        {`\nUsher ${version ?? ''}`}
      </div>
    </nav>
  );
}

/** Pages that have a place of their own at the thumb; the others are behind More. */
const AT_THUMB: readonly string[] = ['/', '/activities', '/servers', '/routing'];

/** The other pages, theme and sign-out on a phone, where the top bar has no room for them. */
function MoreMenu(): ReactNode {
  const { welcome, signOut } = useAuth();
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme('dark') === 'dark' ? 'light' : 'dark';
  return (
    <DropMenu
      position="top-end"
      target={
        <button type="button" className="nav-item">
          <Ellipsis size={16} aria-hidden />
          <span className="nav-word">More</span>
        </button>
      }
    >
      {ENTRIES.filter(({ to }) => !AT_THUMB.includes(to)).map(({ to, label, icon: Icon }) => (
        <Menu.Item key={to} className="menu-item" leftSection={<Icon size={15} />} onClick={() => void navigate({ to })}>
          {label}
        </Menu.Item>
      ))}
      <Menu.Label className="menu-label">{welcome?.viewer?.name}</Menu.Label>
      <Menu.Item className="menu-item" leftSection={other === 'light' ? <Sun size={15} /> : <Moon size={15} />} onClick={() => setColorScheme(other)}>
        Switch to the {other} theme
      </Menu.Item>
      <Menu.Item className="menu-item" leftSection={<LogOut size={15} />} onClick={() => void signOut()}>
        Sign out
      </Menu.Item>
    </DropMenu>
  );
}

/** Navigation at the thumb, below 768 px. */
export function BottomBar(): ReactNode {
  return (
    <nav className="bottom-bar" aria-label="Pages, at the foot">
      {ENTRIES.filter(({ to }) => AT_THUMB.includes(to)).map((entry) => (
        <Entry key={entry.to} {...entry} />
      ))}
      <MoreMenu />
    </nav>
  );
}
