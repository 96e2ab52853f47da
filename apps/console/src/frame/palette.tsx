import { Modal, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { ArrowRight, Search, Terminal } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { DeliveryBadge } from '../components/delivery-badge.js';
import { VendorGlyph } from '../components/glyphs.js';
import { useReturnFocus } from '../components/use-return-focus.js';
import { Poster } from '../components/poster.js';
import { useAuth, useRole } from '../features/auth/auth-context.js';
import { sessionKey } from '../features/overview/session-key.js';
import { useLive, usePaused, useServers, useSnapshots } from '../live/live-context.js';
import { findHits, splitPrefix, type Hit, type PaletteActions } from './palette-hits.js';

function Marked({ text, needle }: { text: string; needle: string }): ReactNode {
  const at = needle ? text.toLowerCase().indexOf(needle) : -1;
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <span className="accent">{text.slice(at, at + needle.length)}</span>
      {text.slice(at + needle.length)}
    </>
  );
}

function HitIcon({ hit }: { hit: Hit }): ReactNode {
  if (hit.server) return <VendorGlyph kind={hit.server.kind} />;
  if (hit.session?.item) return <Poster item={hit.session.item} />;
  return hit.group === 'Go to' ? <ArrowRight size={16} className="dim" aria-hidden /> : <Terminal size={16} className="dim" aria-hidden />;
}

interface PaletteProps {
  onClose(): void;
  onKeys(): void;
  onKiosk(): void;
}

function useActions({ onClose, onKeys, onKiosk }: PaletteProps): PaletteActions {
  const navigate = useNavigate();
  const { store, connection } = useLive();
  const paused = usePaused();
  const { signOut } = useAuth();
  const operator = useRole('OPERATOR');
  const superadmin = useRole('SUPERADMIN');
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme('dark') === 'dark' ? 'light' : 'dark';
  const page = (label: string, to: string, keys: string[] = [], search: Record<string, string> = {}) => ({ label, detail: '', keys, page: true, run: () => void navigate({ to, search }) });
  const command = (label: string, keys: string[], run: () => void, detail = '') => ({ label, detail, keys, page: false, run });
  return {
    openServer: (server) => void navigate({ to: '/servers/$alias/{-$tab}', params: { alias: server.slug } }),
    showOnly: (server) => void navigate({ to: '.', search: (search) => ({ ...search, servers: server.slug }) }),
    openSession: (server, session) => void navigate({ to: '/', search: (search) => ({ ...search, session: sessionKey(server, session.id) }) }),
    commands: [
      page('Overview', '/', ['G', 'O']),
      page('Activities', '/activities', ['G', 'A']),
      page('Servers', '/servers', ['G', 'S']),
      page('History', '/history', ['G', 'H']),
      page('Libraries', '/libraries', ['G', 'L']),
      page('Routing', '/routing', ['G', 'R']),
      page('Maintenance', '/maintenance', ['G', 'M']),
      page('Notices', '/notices', ['G', 'N']),
      page('Users', '/users', ['G', 'U']),
      page('Migrations', '/migrations', ['G', 'X']),
      page('Efficiency', '/efficiency', ['G', 'E']),
      ...(operator ? [page('Register a server', '/servers/new'), page('Import servers from a file', '/servers/import'), page('Plan a maintenance window', '/maintenance/new'), page('Precheck a copy', '/libraries/precheck'), page('Import e-mails', '/users', [], { show: 'import' })] : []),
      ...(superadmin ? [page('New migration', '/migrations/new')] : []),
      command(paused ? 'Resume live updates' : 'Pause live updates', ['P'], () => (paused ? store.resume() : store.pause())),
      command('Refresh now', ['R'], () => void connection.refresh()),
      command(`Switch to the ${other} theme`, [], () => setColorScheme(other)),
      command('Kiosk', ['⇧', 'K'], onKiosk, 'hides bar and navigation'),
      command('Keyboard', ['?'], onKeys, 'all keys'),
      command('Sign out', [], () => void signOut()),
    ].map((entry) => ({
      ...entry,
      run: () => {
        onClose();
        entry.run();
      },
    })),
  };
}

/** Search over servers, people and pages, with the actions of the best hit right below it. */
export default function Palette(props: PaletteProps): ReactNode {
  useReturnFocus();
  const servers = useServers();
  const snapshots = useSnapshots();
  const actions = useActions(props);
  const [text, setText] = useState('');
  const [cursor, setCursor] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const hits = useMemo(() => findHits(text, servers ?? [], snapshots, actions), [text, servers, snapshots, actions]);
  const { needle } = splitPrefix(text);
  const at = Math.min(cursor, Math.max(0, hits.length - 1));

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  const choose = (hit: Hit | undefined) => {
    if (!hit) return;
    props.onClose();
    hit.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setCursor((at + 1) % Math.max(1, hits.length));
    else if (event.key === 'ArrowUp') setCursor((at + hits.length - 1) % Math.max(1, hits.length));
    else if (event.key === 'Enter') choose(hits[at]);
    else return;
    event.preventDefault();
  };

  return (
    <Modal.Root opened onClose={props.onClose} lockScroll={false} size={680} yOffset="104px" xOffset="12px" radius={10} transitionProps={{ duration: 0 }} classNames={{ content: 'dialog-content', overlay: 'dialog-overlay' }}>
      <Modal.Overlay />
      <Modal.Content aria-label="Search or jump">
        <div className="palette-head">
          <Search size={17} aria-hidden />
          <input
            data-autofocus
            role="combobox"
            aria-expanded
            aria-controls={`${id}-list`}
            aria-activedescendant={hits[at] ? `${id}-${at}` : undefined}
            aria-label="Search or jump"
            placeholder="Search servers, people, pages…"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setCursor(0);
            }}
            onKeyDown={onKeyDown}
          />
          <button type="button" className="kbd" onClick={props.onClose}>
            Esc
          </button>
        </div>
        <div className="palette-list" ref={list} role="listbox" id={`${id}-list`} aria-label="Results">
          {hits.map((hit, index) => (
            <div key={hit.id} role="presentation">
              {hit.group !== hits[index - 1]?.group && (
                <div className="palette-group" role="presentation">
                  {hit.group}
                </div>
              )}
              <div role="option" id={`${id}-${index}`} aria-selected={index === at} tabIndex={-1} className="palette-hit" onClick={() => choose(hit)} onMouseMove={() => setCursor(index)} onKeyDown={onKeyDown}>
                <span className="palette-icon">
                  <HitIcon hit={hit} />
                </span>
                <span className="palette-label">
                  <Marked text={hit.label} needle={needle} />
                </span>
                <span className="dim clip">
                  <Marked text={hit.detail} needle={needle} />
                </span>
                <span className="palette-end">
                  {hit.session?.stream && <DeliveryBadge stream={hit.session.stream} stale={false} />}
                  {index === at && hit.server && (
                    <>
                      Open <kbd className="kbd">↵</kbd>
                    </>
                  )}
                  {hit.keys.map((key) => (
                    <kbd key={key} className="kbd">
                      {key}
                    </kbd>
                  ))}
                </span>
              </div>
            </div>
          ))}
        </div>
        {hits.length === 0 && <p className="palette-none dim">Nothing matches “{text}”.</p>}
        <div className="palette-foot">
          <span>
            <kbd className="kbd">↑</kbd> <kbd className="kbd">↓</kbd> move
          </span>
          <span>
            <kbd className="kbd">↵</kbd> open
          </span>
          <span className="push">
            <b>&gt;</b> commands <b>@</b> people <b>#</b> servers
          </span>
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}
