import { Ban, Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { Age } from '../../components/ticking.js';
import { absolute } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { useServerCurves } from '../efficiency/use-curves.js';
import { AnswerTimes } from './answer-times.js';
import { CAPABILITY_GROUPS } from './capability-words.js';
import { CapacityPanel } from './capacity-panel.js';
import { useMayRead } from './detail-parts.js';
import { HardeningPanel } from './hardening-panel.js';
import { HostPanel } from './host-panel.js';
import { HealthPanel, useLivePanels } from './read-panels.js';
import type { ServerDetail } from './server-page.js';
import { LibrariesTable } from './server-tabs.js';
import { WorkPanel } from './work-panel.js';

const when = (value: string | null) => (value ? Date.parse(value) : null);

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

/** Everything that this server can do, and what it cannot, group by group. */
function CanDoPanel({ server }: { server: FleetServer }): ReactNode {
  const all = CAPABILITY_GROUPS.flatMap(({ rows }) => rows);
  const can = all.filter(([name]) => server.capabilities.includes(name)).length;
  return (
    <section className="panel" aria-labelledby="can-head">
      <div className="panel-head">
        <h2 id="can-head">Can do</h2>
        <span className="small dim">
          {can} of {all.length}
        </span>
      </div>
      <dl className="panel-body can-groups">
        {CAPABILITY_GROUPS.map(({ label, rows }) => (
          <div key={label}>
            <dt className="small dim">{label}</dt>
            <dd>
              <ul className="chips">
                {rows.map(([name, word]) => {
                  const has = server.capabilities.includes(name);
                  return (
                    <li key={name} className={`badge ${has ? 'fact' : 'outline dim'}`} title={name}>
                      {has ? <Check size={12} aria-label="can" /> : <Ban size={12} aria-label="cannot" />}
                      {word}
                    </li>
                  );
                })}
              </ul>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** First tab: the machine, calls, libraries and hardening at the left; health, how it is read, its key and what it can do at the right. */
export function ServerOverview({ server, detail }: { server: FleetServer; detail: ServerDetail }): ReactNode {
  const { calls, updates } = useLivePanels(server);
  const day = useServerCurves(server.id, 'DAY', !useMayRead(server, null, true));
  const curve = day.value?.curves ?? null;
  return (
    <div className="server-columns">
      <div className="stack-panels">
        <HostPanel server={server} day={curve} />
        <AnswerTimes server={server} day={day} />
        {calls}
        <LibrariesTable server={server} libraries={detail.libraries} />
        <HardeningPanel server={server} entries={detail.hardening} />
      </div>
      <div className="stack-panels">
        <HealthPanel server={server} day={curve} />
        <WorkPanel server={server} detail={detail} />
        <CapacityPanel server={server} />
        {updates}
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
