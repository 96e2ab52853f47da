import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ConsoleIdentitiesDocument, ConsoleIdentityOfDocument, ConsoleIdentitySuggestionsDocument } from '@usher/api-client';
import { FilterX, Mail, Search, Users } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { count, plural } from '../../format/units.js';
import { useServers } from '../../live/live-context.js';
import { useRole } from '../auth/auth-context.js';
import { PersonMark } from '../migrations/pairing.js';
import { ImportEmails } from './import-emails.js';
import { mainEmail, streamsOf, type Person } from './identity-words.js';
import { MergeDialog } from './merge-dialog.js';
import { PersonPanel } from './person-panel.js';
import { Suggestions } from './suggestions.js';
import '../migrations/migrations.css';
import '../migrations/migrations-narrow.css';
import './identities.css';

const PAGE = 50;

function PersonLine({ person, chosen, onChoose }: { person: Person; chosen: boolean; onChoose(): void }): ReactNode {
  const email = mainEmail(person);
  const streams = streamsOf(person);
  return (
    <li>
      <button type="button" className={`id-person ${chosen ? 'chosen' : ''}`} aria-current={chosen || undefined} onClick={onChoose}>
        <PersonMark name={person.displayName} />
        <span className="id-person-name">
          <b className="strong block clip">{person.displayName}</b>
          <span className={`small block clip ${email?.verifiedAt ? 'dim' : 'faint'}`}>{email ? email.email : 'no e-mail'}</span>
        </span>
        <span className="num">
          <span className="small dim block">{plural(person.accounts.length, 'account')}</span>
          <span className="small block">{streams > 0 ? plural(streams, 'stream') : '–'}</span>
        </span>
      </button>
    </li>
  );
}

/** People, the accounts that are theirs, and accounts that may be. */
export default function UsersPage(): ReactNode {
  const navigate = useNavigate();
  const { person: chosenId } = useParams({ from: '/frame/users/{-$person}' });
  const { q = '', look, show } = useSearch({ from: '/frame/users/{-$person}' });
  const operator = useRole('OPERATOR');
  const servers = useServers();
  const [first, setFirst] = useState(PAGE);
  const [noEmail, setNoEmail] = useState(false);
  const byId = useMemo(() => new Map((servers ?? []).map((server) => [server.id, server])), [servers]);
  const [{ data, error }, read] = useQuery({ query: ConsoleIdentitiesDocument, variables: { search: q.trim() || null, first, after: null }, requestPolicy: 'cache-and-network' });
  const [{ data: suggested }, readSuggestions] = useQuery({ query: ConsoleIdentitySuggestionsDocument, pause: !operator, requestPolicy: 'cache-and-network' });
  const page = data?.identities;
  const people = page?.edges.map(({ node }) => node).filter(({ emails }) => !noEmail || emails.length === 0) ?? [];
  const listed = people.find(({ id }) => id === chosenId) ?? (chosenId === undefined ? people[0] : undefined);
  // A link may name somebody who is on a later page, or who was merged into somebody else.
  const [{ data: single, error: singleError }] = useQuery({ query: ConsoleIdentityOfDocument, variables: { id: chosenId ?? '' }, pause: chosenId === undefined || listed !== undefined || !page, requestPolicy: 'cache-and-network' });
  const chosen = listed ?? single?.identity;
  const suggestion = suggested?.identitySuggestions.find(({ key }) => key === look);
  const reread = () => {
    read({ requestPolicy: 'network-only' });
    if (operator) readSuggestions({ requestPolicy: 'network-only' });
  };
  const set = (change: object, person = chosenId) => void navigate({ to: '/users/{-$person}', params: { person }, search: (old) => ({ ...old, ...change }), replace: true });
  const body = () => {
    if (!page) return <div className="panel">{error ? <ErrorState title={problemOf(error).code === 'FORBIDDEN' ? 'People are for operators' : 'Usher could not read the people'} problem={problemOf(error)} onRetry={reread} /> : <LoadingRows rows={8} height={48} label="Loading the people" />}</div>;
    return (
      <div className="stack-panels">
        {suggested && <Suggestions suggestions={suggested.identitySuggestions} byId={byId} onLook={(key) => set({ look: key })} onRefused={reread} />}
        <div className="id-columns">
          <section className="panel" aria-labelledby="people-head">
            <div className="panel-head">
              <h2 id="people-head">People</h2>
              <span className="small dim">
                {count(page.totalCount)}
                {q === '' && `, with ${plural(page.linkedAccounts, 'account')}`}
              </span>
            </div>
            <div className="filter-bar mig-filter">
              <div className="page-search">
                <Search size={14} aria-hidden className="dim" />
                <input data-page-search aria-label="Find a person" placeholder="Name or e-mail" value={q} onChange={(event) => set({ q: event.target.value || undefined })} />
                <kbd className="kbd">/</kbd>
              </div>
              <button type="button" className="button small mig-chip" aria-pressed={noEmail} onClick={() => setNoEmail(!noEmail)}>
                No e-mail
              </button>
            </div>
            {people.length === 0 ? (
              <EmptyState icon={q || noEmail ? FilterX : Users} title={q || noEmail ? 'Nobody matches this filter' : 'No person is known yet'} action={(q || noEmail) && <button type="button" className="button small" onClick={() => { setNoEmail(false); set({ q: undefined }); }}>Clear filter</button>}>
                {q || noEmail ? undefined : 'A person begins where two accounts are merged, or where an account gets an address. Accounts appear after the first sync.'}
              </EmptyState>
            ) : (
              <ul className="id-people">
                {people.map((person) => (
                  <PersonLine key={person.id} person={person} chosen={person.id === chosen?.id} onChoose={() => set({}, person.id)} />
                ))}
              </ul>
            )}
            {page.pageInfo.hasNextPage && (
              <div className="panel-note">
                <button type="button" className="link" onClick={() => setFirst(Math.min(100, first + PAGE))}>
                  {first >= 100 ? 'Type a name to find the others' : plural(page.totalCount - page.edges.length, 'more person', 'more people')}
                </button>
              </div>
            )}
          </section>
          {chosen && servers ? (
            <PersonPanel key={chosen.id} person={chosen} servers={servers} byId={byId} onGone={() => { set({}, undefined); reread(); }} />
          ) : (
            chosenId !== undefined && singleError && <div className="panel"><ErrorState title="This person is not known" problem={problemOf(singleError)} onRetry={() => set({}, undefined)} /></div>
          )}
        </div>
      </div>
    );
  };
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Users</h1>
        {page && (
          <span className="small dim">
            {plural(page.totalCount, 'person', 'people')}, {plural(page.linkedAccounts, 'linked account')} of {count(page.accounts)} on {plural(servers?.length ?? 0, 'server')}
          </span>
        )}
        <span className="push inline">
          {!operator && <span className="small dim">Changing people needs the role operator. FORBIDDEN</span>}
          <button type="button" className="button" aria-disabled={!operator || undefined} onClick={() => operator && set({ show: 'import' })}>
            <Mail size={15} aria-hidden />
            Import e-mails…
          </button>
        </span>
      </div>
      {body()}
      {suggestion && (
        <MergeDialog
          key={suggestion.key}
          suggestion={suggestion}
          byId={byId}
          onClose={() => set({ look: undefined })}
          onDone={(id) => {
            set({ look: undefined }, id ?? chosenId);
            reread();
          }}
        />
      )}
      {show === 'import' && operator && (
        <ImportEmails
          onClose={() => {
            set({ show: undefined });
            reread();
          }}
        />
      )}
    </>
  );
}
