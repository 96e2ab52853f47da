import { Ban, Check, ShieldAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Age } from '../../components/ticking.js';
import { absolute, mbps, plural } from '../../format/units.js';
import { useSnapshot } from '../../live/live-context.js';
import { sumsOf } from '../../live/totals.js';
import type { FleetServer } from '../../live/live-types.js';
import { CapacityPanel } from './capacity-panel.js';
import type { ServerDetail } from './server-page.js';
import { LibrariesTable } from './server-tabs.js';
import { WorkPanel } from './work-panel.js';

const CAPABILITIES: readonly (readonly [string, string])[] = [
  ['sessions.push', 'push'],
  ['sessions.stop', 'stop'],
  ['sessions.control', 'control'],
  ['sessions.message', 'message'],
  ['libraries.list', 'libraries'],
  ['items.list', 'titles'],
  ['libraries.scan', 'scan'],
  ['metadata.refresh', 'refresh'],
  ['activities.list', 'tasks'],
  ['server.restart', 'restart'],
  ['libraries.space', 'free space'],
  ['users.list', 'users'],
  ['load.host', 'host load'],
];

function Figure({ label, value, unit, share }: { label: string; value: string | null; unit?: string; share?: number | null }): ReactNode {
  return (
    <div className="host-cell">
      <div className="small dim">{label}</div>
      <div className="panel-figure">{value === null ? <span className="small faint">not reported</span> : <>{value} <span className="small">{unit}</span></>}</div>
      {share !== undefined && (
        <div className="meter" aria-hidden>
          {share !== null && <span className={share >= 90 ? 'fill-danger' : share >= 70 ? 'fill-warning' : 'fill-neutral'} style={{ transform: `scaleX(${Math.min(1, share / 100)})` }} />}
        </div>
      )}
    </div>
  );
}

const percent = (value: number | null) => (value === null ? null : String(Math.round(value)));

function HostPanel({ server }: { server: FleetServer }): ReactNode {
  const sums = sumsOf(useSnapshot(server.id));
  const { cpuPercent, memoryPercent, latencyMs } = server.live;
  return (
    <section className="panel" aria-labelledby="host-head">
      <div className="panel-head">
        <h2 id="host-head">Now</h2>
        <span className="small dim">as the agent reads it</span>
        <span className="aside small dim">
          {plural(sums.streams, 'stream')}, {mbps(sums.kbps)} Mbps
        </span>
      </div>
      <div className="host-cells">
        <Figure label="CPU" value={percent(cpuPercent)} unit="%" share={cpuPercent} />
        <Figure label="Memory" value={percent(memoryPercent)} unit="%" share={memoryPercent} />
        <Figure label="Answer" value={percent(latencyMs)} unit="ms" />
        <Figure label="Transcodes" value={String(sums.transcodes)} unit={sums.software > 0 ? `${sums.software} in software` : ''} />
      </div>
    </section>
  );
}

const when = (value: string | null) => (value ? Date.parse(value) : null);

function UpdatesPanel({ server }: { server: FleetServer }): ReactNode {
  const { live, poll } = server;
  return (
    <section className="panel" aria-labelledby="updates-head">
      <div className="panel-head">
        <h2 id="updates-head">Updates</h2>
        <span className="aside small">{{ PUSH: 'push', POLL: 'polling', NONE: 'no data yet' }[live.source]}</span>
      </div>
      <dl className="panel-body facts">
        <div>
          <dt>Carried by</dt>
          <dd>{server.connection === 'DIRECT' ? 'bundled host, same machine' : 'its own agent'}</dd>
        </div>
        <div>
          <dt>Last push</dt>
          <dd>
            <Age atMs={when(live.lastPushAt)} suffix=" ago" />
          </dd>
        </div>
        <div>
          <dt>Last poll</dt>
          <dd>
            <Age atMs={when(live.lastPollAt)} suffix=" ago" />, every {poll.sessionsS} s without push
          </dd>
        </div>
        <div>
          <dt>Calls, 1 h</dt>
          <dd>
            {live.sessionCallsLastHour} for sessions, {live.otherCallsLastHour} others
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** Whether a key is stored, never any part of it. */
export function CredentialFacts({ server }: { server: FleetServer }): ReactNode {
  const key = server.credential;
  return (
    <dl className="facts">
      <div>
        <dt>Key</dt>
        <dd>
          {key ? (
            <>
              set · fingerprint <code>{key.fingerprint}</code>
            </>
          ) : (
            'none stored'
          )}
        </dd>
      </div>
      {key && (
        <div>
          <dt>Added</dt>
          <dd>{absolute(Date.parse(key.addedAt))}</dd>
        </div>
      )}
      <div>
        <dt>Last used</dt>
        <dd>
          <Age atMs={when(server.lastSeenAt)} suffix=" ago" />
        </dd>
      </div>
    </dl>
  );
}

function CanDoPanel({ server }: { server: FleetServer }): ReactNode {
  const can = CAPABILITIES.filter(([name]) => server.capabilities.includes(name)).length;
  return (
    <section className="panel" aria-labelledby="can-head">
      <div className="panel-head">
        <h2 id="can-head">Can do</h2>
        <span className="small dim">
          {can} of {CAPABILITIES.length}
        </span>
      </div>
      <ul className="panel-body chips">
        {CAPABILITIES.map(([name, word]) => {
          const has = server.capabilities.includes(name);
          return (
            <li key={name} className={`badge ${has ? 'fact' : 'outline dim'}`}>
              {has ? <Check size={12} aria-label="can" /> : <Ban size={12} aria-label="cannot" />}
              {word}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const HARDENING_WORDS: Readonly<Record<string, string>> = { found: 'found', 'by-version': 'by version', 'cannot-be-seen': 'cannot be seen' };

function HardeningPanel({ detail }: { detail: ServerDetail }): ReactNode {
  if (detail.hardening.length === 0) return null;
  return (
    <section className="panel hardening-panel" aria-labelledby="hardening-head">
      <div className="panel-head">
        <h2 id="hardening-head">Hardening</h2>
        <span className="small dim">what this server leaves open by itself</span>
      </div>
      <ul className="hardening">
        {detail.hardening.map((entry) => (
          <li key={entry.code}>
            <ShieldAlert size={15} className={entry.state === 'found' ? 'text-warning' : 'faint'} aria-hidden />
            <div>
              <div>{entry.evidence}</div>
              <div className="small dim">{entry.advice}</div>
              <code className="faint">{entry.code}</code>
            </div>
            <span className="push small dim">{HARDENING_WORDS[entry.state] ?? entry.state}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** First tab: load, libraries and hardening at the left; how it is read, its key and what it can do at the right. */
export function ServerOverview({ server, detail }: { server: FleetServer; detail: ServerDetail }): ReactNode {
  return (
    <div className="server-columns">
      <div className="stack-panels">
        <HostPanel server={server} />
        <LibrariesTable server={server} libraries={detail.libraries} />
        <HardeningPanel detail={detail} />
      </div>
      <div className="stack-panels">
        <WorkPanel server={server} detail={detail} />
        <CapacityPanel server={server} />
        <UpdatesPanel server={server} />
        <section className="panel" aria-labelledby="credential-head">
          <div className="panel-head">
            <h2 id="credential-head">Credential</h2>
          </div>
          <div className="panel-body">
            <CredentialFacts server={server} />
          </div>
        </section>
        <CanDoPanel server={server} />
      </div>
    </div>
  );
}
