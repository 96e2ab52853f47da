import type { UpdateServerInput } from '@usher/api-client';
import { ConsoleUpdateServerDocument } from '@usher/api-client';
import { useState, type ReactNode } from 'react';
import { useClient } from 'urql';
import { problemOf } from '../../api/problem.js';
import { Field } from '../../components/field.js';
import { useLive } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { useStepUp } from '../auth/step-up.js';
import { CapacitySettings } from './capacity-settings.js';
import { FleetRole } from './fleet-role.js';
import { RemoveServer } from './remove-server.js';
import { CredentialFacts } from './server-overview.js';
import { IDLE, Section, type SaveState } from './settings-section.js';

type Change = Omit<UpdateServerInput, 'id'>;

interface Save extends SaveState {
  /** Resolves to true when the change was saved. */
  send(change: Change): Promise<boolean>;
  readonly prompt: ReactNode;
}

/** Saves part of the settings; a change of address or key asks for the password first. */
function useSave(server: FleetServer): Save {
  const client = useClient();
  const { store } = useLive();
  const { run, prompt } = useStepUp();
  const [state, setState] = useState(IDLE);
  const send = async (change: Change) => {
    if (state.busy) return false;
    setState({ busy: true, saved: false, problem: null });
    const problem = await run(async () => {
      const { data, error } = await client.mutation(ConsoleUpdateServerDocument, { input: { id: server.id, ...change } }).toPromise();
      if (data) store.applyServer(data.updateServer);
      return error ? problemOf(error) : null;
    });
    setState({ busy: false, saved: !problem, problem });
    return !problem;
  };
  return { ...state, send, prompt };
}

function General({ server }: { server: FleetServer }): ReactNode {
  const save = useSave(server);
  const [alias, setAlias] = useState(server.alias);
  const [tags, setTags] = useState(server.tags.join(', '));
  const [region, setRegion] = useState(server.region ?? '');
  const [readOnly, setReadOnly] = useState(server.readOnly);
  const onSubmit = () => void save.send({ alias: alias.trim(), tags: tags.split(',').map((tag) => tag.trim()).filter(Boolean), region: region.trim() || null, readOnly });
  return (
    <Section title="General" save={save} prompt={save.prompt} onSubmit={onSubmit}>
      <Field label="Alias" value={alias} onValue={setAlias} hint={<>In links and the CLI: <code>{server.slug}</code></>} />
      <Field label="Region" value={region} onValue={setRegion} placeholder="eu-west" />
      <Field label="Tags" value={tags} onValue={setTags} placeholder="home, 4k" />
      <label className="choice">
        <input type="checkbox" checked={readOnly} onChange={(event) => setReadOnly(event.target.checked)} />
        Read-only: the agent refuses every change to this server
      </label>
    </Section>
  );
}

function Connection({ server }: { server: FleetServer }): ReactNode {
  const save = useSave(server);
  const [url, setUrl] = useState(server.url);
  const [verify, setVerify] = useState(server.tls.verify);
  const onSubmit = () => void save.send({ url: url.trim(), tls: { verify } });
  return (
    <Section title="Connection" save={save} prompt={save.prompt} onSubmit={onSubmit} verb="Test and save">
      <Field label="Address" value={url} onValue={setUrl} spellCheck={false} hint="A new address is tested with the stored key first." />
      <label className="choice">
        <input type="checkbox" checked={verify} onChange={(event) => setVerify(event.target.checked)} />
        Check the certificate of an https address
      </label>
    </Section>
  );
}

function Credential({ server }: { server: FleetServer }): ReactNode {
  const save = useSave(server);
  const [open, setOpen] = useState(false);
  const [token, setToken] = useState('');
  const onSubmit = () => {
    if (!open) setOpen(true);
    else if (token.trim()) {
      void save.send({ token: token.trim() }).then((saved) => {
        if (!saved) return;
        setToken('');
        setOpen(false);
      });
    }
  };
  return (
    <Section title="Credential" save={save} prompt={save.prompt} onSubmit={onSubmit} verb={open ? 'Test and store the new key' : 'Rotate…'}>
      <CredentialFacts server={server} />
      {open && <Field label="New API key" type="password" autoComplete="off" value={token} onValue={setToken} hint="It is tested first. The old key stays at the media server until you delete it there." />}
    </Section>
  );
}

const LIMITS = {
  sessionsS: { label: 'Sessions without push, s', low: 5, high: 300 },
  serverS: { label: 'Server state, s', low: 300, high: 3_600 },
  librariesS: { label: 'Libraries, s', low: 3_600, high: 86_400 },
} as const;
type PollField = keyof typeof LIMITS;
const POLL_FIELDS = Object.keys(LIMITS) as PollField[];

function Poll({ server }: { server: FleetServer }): ReactNode {
  const save = useSave(server);
  const [values, setValues] = useState<Record<PollField, string>>(() => ({
    sessionsS: String(server.poll.sessionsS),
    serverS: String(server.poll.serverS),
    librariesS: String(server.poll.librariesS),
  }));
  const [errors, setErrors] = useState<Partial<Record<PollField, string>>>({});
  const onSubmit = () => {
    const wrong = POLL_FIELDS.filter((field) => !/^\d+$/.test(values[field]) || Number(values[field]) < LIMITS[field].low || Number(values[field]) > LIMITS[field].high);
    setErrors(Object.fromEntries(wrong.map((field) => [field, `A whole number from ${LIMITS[field].low} to ${LIMITS[field].high}.`])));
    if (wrong.length === 0) void save.send({ poll: { sessionsS: Number(values.sessionsS), serverS: Number(values.serverS), librariesS: Number(values.librariesS) } });
  };
  return (
    <Section title="How often it is asked" save={save} prompt={save.prompt} onSubmit={onSubmit}>
      <div className="register-three">
        {POLL_FIELDS.map((field) => (
          <Field
            key={field}
            label={LIMITS[field].label}
            inputMode="numeric"
            value={values[field]}
            error={errors[field] ?? null}
            hint={`${LIMITS[field].low} to ${LIMITS[field].high}`}
            onValue={(value) => setValues({ ...values, [field]: value })}
          />
        ))}
      </div>
    </Section>
  );
}

/** What an operator can change about a server. A viewer reads it on the first tab. */
export function ServerSettings({ server }: { server: FleetServer }): ReactNode {
  const operator = useRole('OPERATOR');
  if (!operator) return <p className="callout">Settings of a server are for operators and superadmins. You are signed in as a viewer.</p>;
  return (
    <div className="settings-columns">
      <div className="stack-panels">
        <General server={server} />
        <Connection server={server} />
        <Poll server={server} />
      </div>
      <div className="stack-panels">
        <FleetRole server={server} />
        <CapacitySettings server={server} />
        <Credential server={server} />
        <RemoveServer server={server} />
      </div>
    </div>
  );
}
