import { Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Keyboard, LogOut, Maximize, Moon, Search, Sun } from 'lucide-react';
import type { ReactNode } from 'react';
import { DropMenu } from '../components/drop-menu.js';
import { useAuth } from '../features/auth/auth-context.js';
import { initials } from '../format/media.js';
import { LivePill } from './live-pill.js';
import { ScopeSwitcher } from './scope-switcher.js';
import { Logo } from './logo.js';
import { RunPill } from './run-pill.js';

const ROLE_WORDS = { VIEWER: 'Viewer', OPERATOR: 'Operator', SUPERADMIN: 'Superadmin' } as const;

function ThemeButton(): ReactNode {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('dark');
  const other = scheme === 'dark' ? 'light' : 'dark';
  const label = `Switch to the ${other} theme`;
  return (
    <button type="button" className="icon-button theme-button" onClick={() => setColorScheme(other)} aria-label={label} title={label}>
      {scheme === 'dark' ? <Moon size={16} /> : <Sun size={16} />}
    </button>
  );
}

function OperatorMenu({ onKeys, onKiosk }: { onKeys(): void; onKiosk(): void }): ReactNode {
  const { welcome, signOut } = useAuth();
  const viewer = welcome?.viewer;
  if (!viewer) return null;
  return (
    <DropMenu
      target={
        <button type="button" className="person" title={viewer.name}>
          <span aria-hidden>{initials(viewer.name)}</span>
          <span className="sr-only">
            {viewer.name}, {ROLE_WORDS[viewer.role]}
          </span>
        </button>
      }
    >
      <Menu.Label className="menu-label">
        {viewer.name} · {ROLE_WORDS[viewer.role]}
      </Menu.Label>
      <Menu.Item className="menu-item" leftSection={<Keyboard size={15} />} onClick={onKeys}>
        Keyboard
      </Menu.Item>
      <Menu.Item className="menu-item" leftSection={<Maximize size={15} />} onClick={onKiosk}>
        Kiosk
      </Menu.Item>
      <div className="menu-divider" />
      <Menu.Item className="menu-item" leftSection={<LogOut size={15} />} onClick={() => void signOut()}>
        Sign out
      </Menu.Item>
    </DropMenu>
  );
}

interface TopBarProps {
  scopeOpen: boolean;
  onScope(open: boolean): void;
  onPalette(): void;
  onKeys(): void;
  onKiosk(): void;
}

/** Brand, scope, search, live pill, theme, operator. */
export function TopBar({ scopeOpen, onScope, onPalette, onKeys, onKiosk }: TopBarProps): ReactNode {
  return (
    <header className="top-bar">
      <Link to="/" className="brand" aria-label="Usher, to the overview">
        <Logo />
        <span className="brand-word">Usher</span>
      </Link>
      <ScopeSwitcher open={scopeOpen} onOpen={onScope} />
      <button type="button" className="palette-button" onClick={onPalette} title="Search or jump to">
        <Search size={15} aria-hidden />
        <span className="palette-word">Search or jump to…</span>
        <kbd className="kbd">⌘K</kbd>
      </button>
      <div className="top-end">
        <RunPill />
        <LivePill />
        <ThemeButton />
        <OperatorMenu onKeys={onKeys} onKiosk={onKiosk} />
      </div>
    </header>
  );
}
