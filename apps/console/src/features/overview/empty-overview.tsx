import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowRight, FileUp, Plus } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { CopyButton } from '../../components/copy-button.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { useRole } from '../auth/auth-context.js';
import './empty.css';

const COMMAND = 'usher servers import fleet.yaml --dry-run';

const STEPS = [
  ['Register one server', 'You are here'],
  ['See who is watching', 'Sessions appear within a second'],
  ['Import the others', 'One file, tested row by row'],
] as const;

/** The first thing that an installation without servers shows. */
export default function EmptyOverview(): ReactNode {
  const navigate = useNavigate();
  const operator = useRole('OPERATOR');
  const [url, setUrl] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({ to: '/servers/new', search: (search) => ({ ...search, url: url.trim() || undefined }) });
  };
  return (
    <div className="empty-overview">
      <h1 tabIndex={-1}>No server yet</h1>
      <p className="lead">Usher watches and steers your Emby, Jellyfin and Plex servers. It needs an address and an administrator&rsquo;s key for each. It changes nothing on a server until you ask it to.</p>
      {!operator && <p className="callout">Servers are registered by operators and superadmins. You are signed in as a viewer.</p>}
      {operator && (
        <div className="empty-cards">
          <form className="panel empty-card first" onSubmit={submit}>
            <span className="empty-icon">
              <Plus size={16} aria-hidden />
            </span>
            <h2>Add a server</h2>
            <p className="dim">Type an address. Usher finds out what runs there and tests the key before anything is saved. About one minute.</p>
            <div className="inline empty-go">
              <input className="input" aria-label="Address of the server" placeholder="https://emby.example.com or 192.168.1.20:8096" value={url} onChange={(event) => setUrl(event.target.value)} />
              <button type="submit" className="button primary">
                Continue <ArrowRight size={14} aria-hidden />
              </button>
            </div>
            <div className="vendors small dim">
              <span>
                <VendorGlyph kind="EMBY" size={14} /> Emby
              </span>
              <span>
                <VendorGlyph kind="JELLYFIN" size={14} /> Jellyfin
              </span>
              <span>
                <VendorGlyph kind="PLEX" size={14} /> Plex Media Server
              </span>
            </div>
          </form>
          <div className="panel empty-card">
            <span className="empty-icon">
              <FileUp size={16} aria-hidden />
            </span>
            <h2>Import a file</h2>
            <p className="dim">JSON or CSV with one row per server, here or on the command line. You see every row&rsquo;s test before anything is saved.</p>
            <div className="command-line">
              <code>
                <span className="faint">$ </span>
                {COMMAND}
              </code>
              <CopyButton text={COMMAND} label="Copy the command" />
            </div>
            <Link to="/servers/import" className="button">
              Choose file…
            </Link>
          </div>
        </div>
      )}
      <section className="empty-next">
        <h2>What happens next</h2>
        <ol>
          {STEPS.map(([what, detail], index) => (
            <li key={what} aria-current={index === 0 ? 'step' : undefined}>
              <span className="step-ring">{index + 1}</span>
              <span>
                {what}
                <span className="small dim">{detail}</span>
              </span>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}
