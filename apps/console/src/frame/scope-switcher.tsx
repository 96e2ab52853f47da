import { Popover } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ChevronDown, Search, Server } from 'lucide-react';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { VendorGlyph } from '../components/glyphs.js';
import { plural } from '../format/units.js';
import { answers, conditionOf, CONDITION_WORDS } from '../live/condition.js';
import { useServers, useSnapshots } from '../live/live-context.js';
import { sumsOf, totalsOf } from '../live/totals.js';
import type { FleetServer } from '../live/live-types.js';
import { scopeSlugs, toScope } from './scope.js';

function useScope(): { slugs: string[]; choose(slugs: string[]): void } {
  const { servers: scope } = useSearch({ strict: false });
  const servers = useServers() ?? [];
  const navigate = useNavigate();
  const known = new Set(servers.map(({ slug }) => slug));
  const choose = (slugs: string[]) => void navigate({ to: '.', search: (search) => ({ ...search, servers: toScope(slugs, servers.length) }), replace: true });
  return { slugs: scopeSlugs(scope).filter((slug) => known.has(slug)), choose };
}

function ScopeList({ servers, onClose }: { servers: readonly FleetServer[]; onClose(): void }): ReactNode {
  const { slugs, choose } = useScope();
  const snapshots = useSnapshots();
  const [text, setText] = useState('');
  const [cursor, setCursor] = useState(0);
  const needle = text.trim().toLowerCase();
  const shown = servers.filter((server) => [server.alias, server.slug, ...server.tags].some((word) => word.toLowerCase().includes(needle)));
  const toggle = (slug: string) => choose(slugs.includes(slug) ? slugs.filter((other) => other !== slug) : [...slugs, slug]);
  const tags = [...new Set(servers.flatMap((server) => server.tags))].slice(0, 6);
  const onKeyDown = (event: KeyboardEvent) => {
    const server = shown[cursor];
    if (event.key === 'ArrowDown') setCursor(Math.min(shown.length - 1, cursor + 1));
    else if (event.key === 'ArrowUp') setCursor(Math.max(0, cursor - 1));
    else if (event.key === 'Enter' && server) {
      choose([server.slug]);
      onClose();
    } else return;
    event.preventDefault();
  };
  return (
    <div className="scope">
      <div className="scope-search">
        <Search size={15} aria-hidden className="dim" />
        <input value={text} onChange={(event) => { setText(event.target.value); setCursor(0); }} onKeyDown={onKeyDown} placeholder="Find a server or tag" aria-label="Find a server or tag" data-autofocus />
        <kbd className="kbd">S</kbd>
      </div>
      <label className="scope-row all">
        <input type="checkbox" checked={slugs.length === 0} onChange={() => choose([])} />
        <span>All servers</span>
        <span className="scope-count">{plural(totalsOf(servers, snapshots).streams, 'stream')}</span>
      </label>
      {tags.length > 0 && (
        <div className="scope-tags">
          <div className="label small dim">Tags</div>
          {tags.map((tag) => {
            const tagged = servers.filter((server) => server.tags.includes(tag));
            return (
              <button key={tag} type="button" className="badge fact" onClick={() => choose(tagged.map(({ slug }) => slug))}>
                {tag} {tagged.length}
              </button>
            );
          })}
        </div>
      )}
      <div className="scope-rows" tabIndex={-1}>
        {shown.map((server, index) => {
          const condition = conditionOf(server, snapshots.get(server.id)?.stale);
          const streams = sumsOf(snapshots.get(server.id)).streams;
          return (
            <label key={server.id} className={`scope-row ${index === cursor ? 'cursor' : ''}`}>
              <input type="checkbox" checked={slugs.includes(server.slug)} onChange={() => toggle(server.slug)} />
              <VendorGlyph kind={server.kind} size={15} />
              <span className="clip">{server.alias}</span>
              {condition !== 'online' && <span className={`small ${condition === 'offline' ? 'text-danger' : condition === 'pending' ? 'dim' : 'text-warning'}`}>{CONDITION_WORDS[condition].toLowerCase()}</span>}
              <span className="scope-count">{answers(condition) ? streams : `${streams} last`}</span>
            </label>
          );
        })}
        {shown.length === 0 && <p className="scope-none dim">No server matches “{text}”.</p>}
      </div>
      <div className="scope-foot">
        <kbd className="kbd">↵</kbd> only this
        <button type="button" className="link" onClick={() => choose([])}>
          Clear
        </button>
      </div>
    </div>
  );
}

/** Chooses the servers that every page is about; the choice stands in the address and stays on the way. */
export function ScopeSwitcher({ open, onOpen }: { open: boolean; onOpen(open: boolean): void }): ReactNode {
  const servers = useServers();
  const { slugs } = useScope();
  if (!servers || servers.length === 0) return <span className="scope-none-yet" />;
  const one = slugs.length === 1 ? servers.find(({ slug }) => slug === slugs[0]) : undefined;
  const total = servers.length;
  const face = one ? one.alias : slugs.length === 0 ? (servers.every((server) => server.demo) ? 'Demo fleet' : 'All servers') : plural(slugs.length, 'server');
  return (
    <Popover opened={open} onChange={onOpen} position="bottom-start" offset={6} trapFocus returnFocus transitionProps={{ duration: 0 }} width={320} portalProps={{ target: '#menus' }}>
      <Popover.Target>
        <button type="button" className="button scope-button" onClick={() => onOpen(!open)}>
          <span className="sr-only">Scope: </span>
          <Server size={15} className="dim" aria-hidden />
          <span className="clip">{face}</span>
          <span className="dim">{slugs.length === 0 ? total : `of ${total}`}</span>
          <ChevronDown size={14} className="dim" aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown className="menu scope-menu" aria-label="Scope">
        <ScopeList servers={servers} onClose={() => onOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}
