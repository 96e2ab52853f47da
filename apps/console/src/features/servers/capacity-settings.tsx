import { ConsoleUpdateServerCapacityDocument } from '@usher/api-client';
import { useState, type ReactNode } from 'react';
import { useClient } from 'urql';
import { problemOf } from '../../api/problem.js';
import { Field } from '../../components/field.js';
import { ErrorState, LoadingRows } from '../../components/state-view.js';
import { mbps } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { Origin } from './capacity-panel.js';
import { IDLE, Section } from './settings-section.js';
import { numberOf, useCapacity, type Capacity, type Counted } from './use-capacity.js';

const LIMITS = { cores: [0.1, 1_024], uplink: [0.1, 400_000], transcodeLimit: [1, 10_000], weight: [0.1, 10] } as const;
type NumberField = keyof typeof LIMITS;
const FIELDS = Object.keys(LIMITS) as NumberField[];

const text = (value: number | null) => (value === null ? '' : String(value));

interface CapacityFormProps {
  server: FleetServer;
  capacity: Capacity;
  counted: Counted | undefined;
  onSaved(): void;
}

function CapacityForm({ server, capacity, counted, onSaved }: CapacityFormProps): ReactNode {
  const client = useClient();
  const [values, setValues] = useState<Record<NumberField, string>>({
    cores: text(capacity.cores),
    uplink: text(capacity.uplinkKbps === null ? null : capacity.uplinkKbps / 1_000),
    transcodeLimit: text(capacity.transcodeLimit),
    weight: text(capacity.weight),
  });
  const [hardware, setHardware] = useState(capacity.hardware);
  const [machine, setMachine] = useState(capacity.machine ?? '');
  const [viewerUrl, setViewerUrl] = useState(capacity.viewerUrl ?? '');
  const [errors, setErrors] = useState<Partial<Record<NumberField, string>>>({});
  const [save, setSave] = useState(IDLE);
  const read = (field: NumberField) => numberOf(values[field], LIMITS[field][0], LIMITS[field][1], field === 'transcodeLimit');
  const onSubmit = async () => {
    const wrong = FIELDS.filter((field) => Number.isNaN(read(field)) || (field === 'weight' && read(field) === null));
    setErrors(Object.fromEntries(wrong.map((field) => [field, `A ${field === 'transcodeLimit' ? 'whole number' : 'number'} from ${LIMITS[field].join(' to ')}.`])));
    if (wrong.length > 0 || save.busy) return;
    setSave({ ...IDLE, busy: true });
    const uplink = read('uplink');
    const input = {
      serverId: server.id,
      cores: read('cores'),
      uplinkKbps: uplink === null ? null : Math.round(uplink * 1_000),
      transcodeLimit: read('transcodeLimit'),
      weight: read('weight'),
      hardware,
      machine: machine.trim() || null,
      viewerUrl: viewerUrl.trim() || null,
    };
    const { error } = await client.mutation(ConsoleUpdateServerCapacityDocument, { input }).toPromise();
    setSave({ busy: false, saved: !error, problem: error ? problemOf(error) : null });
    if (!error) onSaved();
  };
  const field = (name: NumberField, label: string, more: { aside?: ReactNode; placeholder?: string | undefined; hint?: string }) => (
    <Field
      label={label}
      inputMode="decimal"
      value={values[name]}
      error={errors[name] ?? null}
      onValue={(value) => {
        setSave(IDLE);
        setValues({ ...values, [name]: value });
      }}
      aside={more.aside}
      placeholder={more.placeholder}
      hint={more.hint}
    />
  );
  return (
    <Section title="Capacity" save={save} onSubmit={() => void onSubmit()}>
      <p className="dim">What the router counts with when it looks for room. An empty field goes back to what is measured, else assumed.</p>
      <div className="register-three">
        {field('cores', 'Cores', { aside: counted && <Origin typed={capacity.cores !== null} assumed={counted.coresAssumed} />, placeholder: counted && String(counted.cores) })}
        {field('uplink', 'Uplink, Mbps', { aside: counted && <Origin typed={capacity.uplinkKbps !== null} assumed={counted.uplinkAssumed} />, placeholder: counted && mbps(counted.uplinkKbps) })}
        {field('weight', 'Weight', { hint: 'more = preferred' })}
      </div>
      <div className="register-pair">
        {field('transcodeLimit', 'Transcodes at most', { hint: 'the media server’s own limit' })}
        <Field label="Machine" value={machine} onValue={setMachine} placeholder="nas" hint="servers with one name here share cores and uplink" />
      </div>
      <Field label="Viewers reach it at" type="url" value={viewerUrl} onValue={setViewerUrl} spellCheck={false} placeholder={server.url} hint="Empty = the registered address. Links lead there." />
      <label className="choice">
        <input type="checkbox" checked={hardware} onChange={(event) => setHardware(event.target.checked)} />
        Transcodes use hardware
      </label>
    </Section>
  );
}

/** What the machine of a server has, where its agent cannot see it. */
export function CapacitySettings({ server }: { server: FleetServer }): ReactNode {
  const { capacity, counted, error, reread } = useCapacity(server.id);
  return (
    <div id="capacity">
      {capacity ? (
        <CapacityForm server={server} capacity={capacity} counted={counted} onSaved={reread} />
      ) : (
        <section className="panel settings-panel">
          {error ? <ErrorState title="Usher could not read the capacity" problem={problemOf(error)} onRetry={reread} /> : <LoadingRows rows={5} height={40} label="Loading the capacity" />}
        </section>
      )}
    </div>
  );
}
