import type { ReactNode } from 'react';
import { InsecureStrip, isExposed } from '../../frame/banners.js';
import { Logo } from '../../frame/logo.js';
import { useAuth } from './auth-context.js';
import './auth.css';

/** The page around sign-in and first run: nothing but the mark and one card. */
export function AuthPage({ title, lead, wide = false, children }: { title: string; lead?: ReactNode; wide?: boolean; children: ReactNode }): ReactNode {
  const setup = useAuth().welcome?.setupState;
  return (
    <>
      {isExposed(setup?.insecure) && (
        <section aria-label="About this connection">
          <InsecureStrip />
        </section>
      )}
      <main className={`auth ${wide ? 'wide' : ''}`}>
        <div className="auth-brand">
          <Logo size={28} />
          <span>Usher</span>
        </div>
        <h1 tabIndex={-1}>{title}</h1>
        {lead && <p className="dim auth-lead">{lead}</p>}
        {children}
        <p className="small dim auth-foot">Usher {setup?.version}</p>
      </main>
    </>
  );
}
