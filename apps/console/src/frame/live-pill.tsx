import { Menu } from '@mantine/core';
import { Check, ChevronDown, LoaderCircle, Pause, Play, Radio, Repeat, RotateCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { DropMenu } from '../components/drop-menu.js';
import { Age } from '../components/ticking.js';
import { age } from '../format/units.js';
import { useLive, useLiveStatus, useNow, usePaused, useServers, useSnapshots, useWaiting } from '../live/live-context.js';
import { POLL_INTERVALS_S } from '../live/live-connection.js';

const STALE_AFTER_MS = 30_000;
const FALLBACK_S = 10;

function PillFace(): ReactNode {
  const { store } = useLive();
  const { mode, state } = useLiveStatus();
  const servers = useServers();
  const paused = usePaused();
  const waiting = useWaiting();
  useSnapshots();
  const nowMs = useNow(1_000);
  const newest = store.newestAtMs;
  const expects = servers?.some((server) => server.state === 'ONLINE');
  if (paused) return <><Pause size={13} className="accent" aria-hidden /><b>PAUSED</b><span className="dim">{waiting} waiting</span></>;
  if (state === 'connecting') return <><LoaderCircle size={13} className="dim" aria-hidden /><b>CONNECTING</b></>;
  if (state === 'reconnecting') return <><LoaderCircle size={13} className="text-warning" aria-hidden /><b>RECONNECTING</b></>;
  if (expects && newest > 0 && nowMs - newest > STALE_AFTER_MS) return <><TriangleAlert size={13} className="text-warning" aria-hidden /><b>STALE</b><span className="dim">{age(nowMs - newest)}</span></>;
  if (state === 'polling') return <><Repeat size={13} className="dim" aria-hidden /><b>POLLING</b><span className="dim">{mode === 'push' ? FALLBACK_S : mode} s</span></>;
  return <><span className="state-dot" aria-hidden /><b>LIVE</b>{newest > 0 && <span className="dim"><Age atMs={newest} /></span>}</>;
}

/** How fresh the page is, and the menu to change it. */
export function LivePill(): ReactNode {
  const { store, connection } = useLive();
  const { mode } = useLiveStatus();
  const paused = usePaused();
  const waiting = useWaiting();
  const chosen = (wanted: typeof mode) => (!paused && mode === wanted ? <Check size={14} className="menu-tick" aria-label="chosen" /> : null);
  const choose = (wanted: typeof mode) => {
    store.resume();
    connection.setMode(wanted);
  };
  return (
    <DropMenu
      target={
        <button type="button" className="button live-pill">
          <span className="sr-only">Live updates: </span>
          <PillFace />
          <ChevronDown size={14} className="dim" aria-hidden />
        </button>
      }
    >
      <Menu.Label className="menu-label">Updates</Menu.Label>
      <Menu.Item className="menu-item" leftSection={<Radio size={15} />} rightSection={chosen('push')} onClick={() => choose('push')}>
        Push, as it happens
      </Menu.Item>
      {POLL_INTERVALS_S.map((seconds) => (
        <Menu.Item key={seconds} className="menu-item" leftSection={<Repeat size={15} />} rightSection={chosen(seconds)} onClick={() => choose(seconds)}>
          Every {seconds} s
        </Menu.Item>
      ))}
      <div className="menu-divider" />
      <Menu.Item className="menu-item" leftSection={paused ? <Play size={15} /> : <Pause size={15} />} onClick={() => (paused ? store.resume() : store.pause())}>
        {paused ? `Resume, ${waiting} changes waiting` : 'Pause'}
      </Menu.Item>
      <Menu.Item className="menu-item" leftSection={<RotateCw size={15} />} onClick={() => void connection.refresh()}>
        Refresh now
      </Menu.Item>
    </DropMenu>
  );
}
