import { Navigate, useNavigate, useSearch } from '@tanstack/react-router';
import { ConsoleSignInDocument, ConsoleSignInWithCodeDocument } from '@usher/api-client';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { useClient } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { Field } from '../../components/field.js';
import { ErrorState, LoadingRows, ProblemNote } from '../../components/state-view.js';
import { useAuth } from './auth-context.js';
import { AuthPage } from './auth-page.js';
import { signInWords } from './sign-in-problem.js';

/** Only a path of this console may follow a sign-in. */
export function safeNext(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/';
}

function SignInForm(): ReactNode {
  const client = useClient();
  const { reload } = useAuth();
  const [withCode, setWithCode] = useState(false);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || !name.trim() || !password || (withCode && !code.trim())) return;
    setBusy(true);
    setProblem(null);
    const { error } = withCode
      ? await client.mutation(ConsoleSignInWithCodeDocument, { input: { code: code.trim(), name: name.trim(), newPassword: password } }).toPromise()
      : await client.mutation(ConsoleSignInDocument, { input: { name: name.trim(), password } }).toPromise();
    if (!error) await reload();
    setBusy(false);
    setProblem(error ? signInWords(problemOf(error)) : null);
  };
  return (
    <form className="panel auth-card stack" onSubmit={(event) => void submit(event)}>
      {withCode && <Field label="One-time code" value={code} onValue={setCode} autoComplete="one-time-code" spellCheck={false} placeholder="K7QF9-3TMXA" hint="Printed by npm start -- --sign-in" />}
      <Field label="Name" value={name} onValue={setName} autoComplete="username" autoFocus />
      <Field label={withCode ? 'New password' : 'Password'} type="password" value={password} onValue={setPassword} autoComplete={withCode ? 'new-password' : 'current-password'} />
      {problem && <ProblemNote problem={problem} />}
      <button type="submit" className="button primary" aria-disabled={busy || undefined}>
        {busy ? 'Signing in…' : withCode ? 'Set the password and sign in' : 'Sign in'}
      </button>
      <button type="button" className="link auth-switch" onClick={() => setWithCode(!withCode)}>
        {withCode ? 'Sign in with a password' : 'Use a one-time code'}
      </button>
    </form>
  );
}

/** Sign-in by name and password, or with a one-time code that also sets a new password. */
export default function LoginPage(): ReactNode {
  const { welcome, problem, reload } = useAuth();
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/login' });
  const signedIn = Boolean(welcome?.viewer);
  useEffect(() => {
    document.title = 'Sign in · Usher';
    if (signedIn) void navigate({ to: safeNext(next), replace: true });
  }, [signedIn, next, navigate]);
  if (welcome?.setupState.needsFirstOperator) return <Navigate to="/setup" replace />;
  return (
    <AuthPage title="Sign in">
      {!welcome && (problem ? <ErrorState title="Usher does not answer" problem={problem} onRetry={() => void reload()} /> : <LoadingRows rows={4} height={48} label="Loading" />)}
      {welcome && !signedIn && <SignInForm />}
    </AuthPage>
  );
}
