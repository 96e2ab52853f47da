import { ConsoleRegisterServerDocument, ConsoleTestServerConnectionDocument } from '@usher/api-client';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useClient } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf, type Problem } from '../../api/problem.js';
import { Field } from '../../components/field.js';
import { kindName, VendorGlyph } from '../../components/glyphs.js';
import { useRole } from '../auth/auth-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { ConnectionTestView } from './connection-test.js';
import { KEY_HELP, mayStayPending, slugOf, type ConnectionTest } from './connection-words.js';

interface RegisterFormProps {
  /** An address typed before, on another page. */
  initialUrl?: string | undefined;
  onRegistered(server: FleetServer): void;
  onCancel?: (() => void) | undefined;
}

interface Values {
  url: string;
  token: string;
  alias: string;
  role: 'LINKED' | 'PRIMARY';
  tags: string;
  readOnly: boolean;
  verifyTls: boolean;
}

const KEY_REASONS = ['SERVER_REJECTED_KEY'];

/** What is wrong with the typed values, by field, before anything is sent. */
function findErrors(values: Values): Partial<Record<keyof Values, string>> {
  const errors: Partial<Record<keyof Values, string>> = {};
  if (!values.url.trim()) errors.url = 'Type the address of the media server.';
  if (!values.token.trim()) errors.token = 'Type an API key of an administrator.';
  return errors;
}

const toTags = (text: string) => text.split(',').map((tag) => tag.trim()).filter(Boolean);

function KeyHelpList(): ReactNode {
  return (
    <div className="callout key-help">
      {KEY_HELP.map(({ vendor, steps }) => (
        <div key={vendor}>
          <strong>{vendor}</strong>
          <ol>
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </div>
      ))}
    </div>
  );
}

/** Address, key and name of one server; tests before it saves, and keeps what was typed when something fails. */
export function RegisterForm({ initialUrl = '', onRegistered, onCancel }: RegisterFormProps): ReactNode {
  const client = useClient();
  const superadmin = useRole('SUPERADMIN');
  const [values, setValues] = useState<Values>({ url: initialUrl, token: '', alias: '', role: 'LINKED', tags: '', readOnly: false, verifyTls: true });
  const [errors, setErrors] = useState<Partial<Record<keyof Values, string>>>({});
  const [help, setHelp] = useState(false);
  const [state, setState] = useState<{ busy: 'test' | 'save' | null; test: ConnectionTest | null; problem: Problem | null }>({ busy: null, test: null, problem: null });
  const [saveKey, setSaveKey] = useState(newIdempotencyKey);

  const set = <K extends keyof Values>(field: K, value: Values[K]) => {
    setValues({ ...values, [field]: value });
    setErrors({ ...errors, [field]: undefined });
    setSaveKey(newIdempotencyKey());
    if (field === 'url' || field === 'token' || field === 'verifyTls') setState({ busy: null, test: null, problem: null });
  };

  const connection = () => ({ url: values.url.trim(), token: values.token.trim(), tls: { verify: values.verifyTls } });

  const test = async () => {
    const found = findErrors(values);
    setErrors(found);
    if (Object.keys(found).length > 0 || state.busy) return;
    setState({ busy: 'test', test: null, problem: null });
    const { data, error } = await client.mutation(ConsoleTestServerConnectionDocument, { input: connection() }).toPromise();
    setState({ busy: null, test: data?.testServerConnection ?? null, problem: error ? problemOf(error) : null });
    const name = data?.testServerConnection.name;
    if (name) setValues((now) => (now.alias ? now : { ...now, alias: name }));
  };

  const save = async (allowUnreachable: boolean) => {
    if (state.busy) return;
    const alias = values.alias.trim();
    if (!alias) {
      setErrors({ alias: 'Give the server a name of your own.' });
      return;
    }
    setState({ ...state, busy: 'save', problem: null });
    const input = { ...connection(), idempotencyKey: saveKey, alias, role: values.role, tags: toTags(values.tags), readOnly: values.readOnly, kind: state.test?.kind ?? null, allowUnreachable };
    const { data, error } = await client.mutation(ConsoleRegisterServerDocument, { input }).toPromise();
    if (data) {
      onRegistered(data.registerServer.server);
      return;
    }
    const problem = problemOf(error);
    setState((now) => ({ ...now, busy: null, problem }));
    const field = problem.details['field'];
    if (typeof field === 'string' && field in values) setErrors({ [field]: problem.message });
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void (state.test?.ok ? save(false) : test());
  };
  const keyError = errors.token ?? (state.test && KEY_REASONS.includes(state.test.code ?? '') ? 'The server did not accept this key.' : null);
  const primary = state.busy === 'test' ? 'Testing…' : state.busy === 'save' ? 'Saving…' : state.test?.ok ? 'Save server' : state.test || state.problem ? 'Test again' : 'Test connection';

  return (
    <form className="register" onSubmit={submit}>
      <div className="register-columns">
        <div className="register-fields stack">
          <Field
            label="Address"
            value={values.url}
            onValue={(value) => set('url', value)}
            error={errors.url ?? null}
            placeholder="https://emby.example.com or 192.168.1.20:8096"
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            note={
              state.test?.kind && (
                <>
                  <VendorGlyph kind={state.test.kind} size={14} /> {kindName(state.test.kind)} found
                </>
              )
            }
          />
          <Field
            label="API key"
            type="password"
            value={values.token}
            onValue={(value) => set('token', value)}
            error={keyError}
            autoComplete="off"
            spellCheck={false}
            aside={
              <button type="button" className="link" aria-expanded={help} onClick={() => setHelp(!help)}>
                How do I find it?
              </button>
            }
          />
          {help && <KeyHelpList />}
          <Field label="Alias" value={values.alias} onValue={(value) => set('alias', value)} error={errors.alias ?? null} autoComplete="off" hint={<>In links and the CLI: <code>{slugOf(values.alias) || '–'}</code></>} />
          <div className="register-pair">
            <div className="field">
              <label className="label" htmlFor="register-role">
                Role
              </label>
              <select id="register-role" className="input" value={values.role} disabled={!superadmin} onChange={(event) => set('role', event.target.value as Values['role'])}>
                <option value="LINKED">Linked</option>
                <option value="PRIMARY">Primary</option>
              </select>
            </div>
            <Field label="Tags" value={values.tags} onValue={(value) => set('tags', value)} placeholder="home, 4k" autoComplete="off" />
          </div>
          <div>
            <label className="choice">
              <input type="checkbox" checked={values.readOnly} onChange={(event) => set('readOnly', event.target.checked)} />
              Read-only: watch, change nothing
            </label>
            <label className="choice">
              <input type="checkbox" checked={values.verifyTls} onChange={(event) => set('verifyTls', event.target.checked)} />
              Check the certificate of an https address
            </label>
          </div>
        </div>
        <div className="register-test">
          <ConnectionTestView test={state.test} problem={state.problem} busy={state.busy === 'test'} />
        </div>
      </div>
      <div className="dialog-foot">
        <span className="push dim small">{state.test?.ok ? 'The test passed. Nothing is saved yet.' : 'Nothing is saved yet.'}</span>
        {onCancel && (
          <button type="button" className="button quiet" onClick={onCancel}>
            Cancel
          </button>
        )}
        {state.test && mayStayPending(state.test) && (
          <button type="button" className="button" onClick={() => void save(true)}>
            Save as pending
          </button>
        )}
        <button type="submit" className="button primary" aria-disabled={state.busy !== null || undefined}>
          {primary}
        </button>
      </div>
    </form>
  );
}
