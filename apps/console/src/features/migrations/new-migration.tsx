import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ConsoleCreateMigrationPlanDocument } from '@usher/api-client';
import { ArrowRight, Server, ShieldCheck, Users } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import { Path } from '../../components/path.js';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { EmptyState, LoadingRows, ProblemNote } from '../../components/state-view.js';
import { plural } from '../../format/units.js';
import { useServers } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { emptyDraft, requestOf } from './plan-draft.js';
import { SelectForm } from './select-form.js';
import { useOrders } from './use-plan.js';
import { Foot } from './wizard-head.js';
import './migrations.css';
import './migrations-narrow.css';

function Choose({ servers }: { servers: readonly FleetServer[] }): ReactNode {
  const navigate = useNavigate();
  const { from, to } = useSearch({ from: '/frame/migrations/new' });
  const superadmin = useRole('SUPERADMIN');
  const orders = useOrders('A plan names the server that will be written.');
  const sent = useRef<{ text: string; key: string } | null>(null);
  const source = servers.find(({ slug }) => slug === from) ?? servers.find(({ slug, role }) => slug !== to && role === 'PRIMARY') ?? servers.find(({ slug }) => slug !== to);
  const target = servers.find((server) => server.slug === to && server !== source) ?? servers.find((server) => server !== source && !server.readOnly);
  const [draft, setDraft] = useState(() => emptyDraft(source?.id ?? '', target?.id ?? ''));
  if (!source || !target) {
    return (
      <div className="panel">
        <EmptyState icon={Server} title="A migration needs two servers" action={<Link to="/servers" className="button small">To the servers</Link>}>
          Register a second one that may be written to.
        </EmptyState>
      </div>
    );
  }
  const missing = !superadmin ? 'A migration needs the role superadmin. FORBIDDEN' : draft.users.size === 0 ? 'Choose at least one user.' : draft.fields.length === 0 ? 'Choose at least one field.' : null;
  const pair = (sourceId: string, targetId: string) => {
    const slug = (id: string) => servers.find((server) => server.id === id)?.slug;
    setDraft({ ...emptyDraft(sourceId, targetId), users: sourceId === draft.sourceServerId ? draft.users : new Map(), fields: draft.fields });
    void navigate({ to: '.', search: (old) => ({ ...old, from: slug(sourceId), to: slug(targetId) }), replace: true });
  };
  const create = async () => {
    if (missing) return;
    // The same choice sent twice gives one plan; another choice is another plan.
    const request = requestOf(draft);
    const text = JSON.stringify(request);
    if (sent.current?.text !== text) sent.current = { text, key: newIdempotencyKey() };
    const made = await orders.send('create', ConsoleCreateMigrationPlanDocument, { input: { idempotencyKey: sent.current.key, request } }, ({ createMigrationPlan }) => createMigrationPlan);
    if (made) void navigate({ to: '/migrations/$id/{-$step}', params: { id: made.id, step: 'map' } });
  };
  return (
    <>
      {orders.problem && (
        <div className="mig-note">
          <ProblemNote problem={orders.problem} />
        </div>
      )}
      <SelectForm draft={draft} servers={servers} onDraft={superadmin ? setDraft : null} onPair={pair} />
      <Foot
        icon={<Users size={16} className="dim" aria-hidden />}
        title={`${plural(draft.users.size, 'user')}, ${plural(draft.fields.length, 'field')}`}
        actions={
          <button type="button" className="button primary" aria-disabled={missing !== null || orders.busy !== null || undefined} onClick={() => void create()}>
            Map {plural(draft.users.size, 'user')}
            <ArrowRight size={15} aria-hidden />
          </button>
        }
      >
        {missing ?? `From ${source.alias} to ${target.alias}. Nothing is written before Run.`}
      </Foot>
      {orders.prompt}
    </>
  );
}

/** First step of a new plan. */
export default function NewMigration(): ReactNode {
  const servers = useServers();
  return (
    <>
      <div className="page-head">
        <Path steps={[{ to: '/migrations', label: 'Migrations' }]} />
        <h1 tabIndex={-1}>New migration</h1>
        <span className="push inline small dim">
          <ShieldCheck size={14} aria-hidden />
          Nothing is changed on the source
        </span>
      </div>
      {servers ? <Choose servers={servers} /> : <LoadingRows rows={8} height={48} label="Loading the fleet" />}
    </>
  );
}
