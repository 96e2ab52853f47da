import { Link, Navigate, useNavigate } from '@tanstack/react-router';
import { ConsoleCreateFirstOperatorDocument } from '@usher/api-client';
import { ArrowRight, CircleCheck, LoaderCircle } from 'lucide-react';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { useClient } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { Field } from '../../components/field.js';
import { LoadingRows, ProblemNote } from '../../components/state-view.js';
import { ToastProvider } from '../../components/toast.js';
import { plural } from '../../format/units.js';
import { LiveProvider, useServers, useSnapshots } from '../../live/live-context.js';
import { totalsOf } from '../../live/totals.js';
import { answers, conditionOf } from '../../live/condition.js';
import type { FleetServer } from '../../live/live-types.js';
import { RegisterForm } from '../servers/register-form.js';
import { useAuth } from './auth-context.js';
import { AuthPage } from './auth-page.js';
import { signInWords } from './sign-in-problem.js';
import '../servers/servers.css';

const STEPS = ['Your account', 'First server', 'Live proof'] as const;
const SHORTEST_PASSWORD = 12;

const Steps = ({ at }: { at: number }) => (
  <ol className="setup-steps" aria-label="Steps">
    {STEPS.map((step, index) => (
      <li key={step} aria-current={index === at ? 'step' : undefined}>
        <span className="step-ring">{index + 1}</span> {step}
      </li>
    ))}
  </ol>
);

function AccountForm({ onDone }: { onDone(): void }): ReactNode {
  const client = useClient();
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found: Record<string, string> = {};
    if (!code.trim()) found['code'] = 'Type the code that Usher printed when it started.';
    if (!name.trim()) found['name'] = 'Give yourself a name.';
    if (password.length < SHORTEST_PASSWORD) found['password'] = `At least ${SHORTEST_PASSWORD} characters.`;
    setErrors(found);
    if (busy || Object.keys(found).length > 0) return;
    setBusy(true);
    setProblem(null);
    const { error } = await client.mutation(ConsoleCreateFirstOperatorDocument, { input: { code: code.trim(), name: name.trim(), password } }).toPromise();
    setBusy(false);
    if (error) setProblem(signInWords(problemOf(error)));
    else onDone();
  };
  return (
    <form className="panel auth-card stack" onSubmit={(event) => void submit(event)} noValidate>
      <Field label="One-time code" value={code} onValue={setCode} error={errors['code'] ?? null} autoComplete="one-time-code" spellCheck={false} placeholder="K7QF9-3TMXA" hint="The last line that Usher printed when it started" autoFocus />
      <Field label="Your name" value={name} onValue={setName} error={errors['name'] ?? null} autoComplete="username" />
      <Field label="Password" type="password" value={password} onValue={setPassword} error={errors['password'] ?? null} autoComplete="new-password" hint={`At least ${SHORTEST_PASSWORD} characters`} />
      {problem && <ProblemNote problem={problem} />}
      <button type="submit" className="button primary" aria-disabled={busy || undefined}>
        {busy ? 'Creating…' : 'Create the first account'} <ArrowRight size={14} aria-hidden />
      </button>
    </form>
  );
}

function LiveProof({ server }: { server: FleetServer }): ReactNode {
  const servers = useServers();
  const snapshots = useSnapshots();
  const now = servers?.find(({ id }) => id === server.id) ?? server;
  const snapshot = snapshots.get(server.id);
  const { streams } = totalsOf([now], snapshots);
  const arrived = snapshot !== undefined && answers(conditionOf(now, snapshot.stale));
  return (
    <div className="panel auth-card stack" aria-live="polite">
      {arrived ? (
        <p className="proof">
          <CircleCheck size={18} className="text-play" aria-hidden />
          <span>
            {server.alias} answers. {streams === 0 ? 'Nobody is watching right now.' : `You have ${plural(streams, 'stream')}.`}
          </span>
        </p>
      ) : (
        <p className="proof">
          <LoaderCircle size={18} className="dim" aria-hidden />
          <span>
            {now.state === 'PENDING' ? `${server.alias} is saved as pending and is asked again by itself.` : `Waiting for the first answer of ${server.alias}.`}
            {now.stateReason && <span className="dim"> {now.stateReason}</span>}
          </span>
        </p>
      )}
      <div className="inline">
        <Link to="/" className="button primary">
          Open the overview
        </Link>
        <Link to="/servers/import" className="button">
          Import the others
        </Link>
      </div>
    </div>
  );
}

function FirstServer(): ReactNode {
  const navigate = useNavigate();
  const [server, setServer] = useState<FleetServer | null>(null);
  if (server) {
    return (
      <AuthPage title="It is live" lead="This is what Usher sees right now.">
        <Steps at={2} />
        <LiveProof server={server} />
      </AuthPage>
    );
  }
  return (
    <AuthPage title="Register your first server" lead="Usher tests the address and the key before anything is saved. It changes nothing on the server until you ask it to." wide>
      <Steps at={1} />
      <div className="panel setup-register">
        <RegisterForm onRegistered={setServer} onCancel={() => void navigate({ to: '/' })} />
      </div>
    </AuthPage>
  );
}

/** First run: the printed code makes the first superadmin, who registers a server and sees it live. */
export default function SetupPage(): ReactNode {
  const { welcome, reload } = useAuth();
  const [created, setCreated] = useState(false);
  useEffect(() => {
    document.title = 'First run · Usher';
  }, []);
  if (!welcome) {
    return (
      <AuthPage title="Welcome to Usher">
        <LoadingRows rows={4} height={48} label="Loading" />
      </AuthPage>
    );
  }
  if (created && welcome.viewer) {
    return (
      <LiveProvider>
        <ToastProvider>
          <FirstServer />
        </ToastProvider>
      </LiveProvider>
    );
  }
  if (!welcome.setupState.needsFirstOperator) return <Navigate to="/" replace />;
  return (
    <AuthPage title="Welcome to Usher" lead="You make the first account, a superadmin. The code shows that you are at the machine that runs Usher.">
      <Steps at={0} />
      <AccountForm
        onDone={() => {
          setCreated(true);
          void reload();
        }}
      />
    </AuthPage>
  );
}
