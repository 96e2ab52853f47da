import { ConsoleCreateLibraryDocument, ConsoleRecentlyAddedDocument, ConsoleRemoveLibraryDocument, type NewLibraryType } from '@usher/api-client';
import { Captions, Plus, Sparkles } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useClient, useQuery } from 'urql';
import { Field } from '../../components/field.js';
import { EmptyState } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { lacks, whyNoChange } from './capability-words.js';
import { Confirm, ReadPanel, Reasons, useMayRead, useOrder } from './detail-parts.js';
import { LibraryHealth } from './library-health.js';
import { ListedTitle } from './listed-title.js';
import type { ServerDetail } from './server-page.js';
import { LibrariesTable } from './server-tabs.js';
import { SubtitlesDialog } from './subtitles-dialog.js';

type Library = ServerDetail['libraries'][number];
const TYPES: readonly (readonly [NewLibraryType, string])[] = [['MOVIES', 'Movies'], ['SHOWS', 'TV shows'], ['MUSIC', 'Music'], ['PHOTOS', 'Photos']];
const RECENT = 20;

function CreateDialog({ server, onClose, onDone }: { server: FleetServer; onClose(): void; onDone(): void }): ReactNode {
  const client = useClient();
  const order = useOrder();
  const [name, setName] = useState('');
  const [type, setType] = useState<NewLibraryType>('MOVIES');
  const [folders, setFolders] = useState('');
  const paths = folders.split('\n').map((path) => path.trim()).filter(Boolean);
  const submit = async () => {
    if (!(await order.send((idempotencyKey) => client.mutation(ConsoleCreateLibraryDocument, { input: { serverId: server.id, name: name.trim(), type, folders: paths, idempotencyKey } }).toPromise()))) return;
    onDone();
    onClose();
  };
  return (
    <Confirm title={`New library on ${server.alias}`} verb="Create library" no="Close" order={order} off={!name.trim() || paths.length === 0} onClose={onClose} onSubmit={() => void submit()}>
      <Field label="Name" value={name} onValue={setName} data-autofocus />
      <div className="field">
        <label className="label" htmlFor="library-type">Type</label>
        <select id="library-type" className="input" value={type} onChange={(event) => setType(TYPES.find(([value]) => value === event.target.value)?.[0] ?? 'MOVIES')}>
          {TYPES.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label className="label" htmlFor="library-folders">Folders, one a line</label>
        <textarea id="library-folders" className="input" value={folders} spellCheck={false} placeholder="/data/movies" onChange={(event) => setFolders(event.target.value)} />
        <span className="hint">As {server.alias} itself sees them. Nothing is scanned yet.</span>
      </div>
    </Confirm>
  );
}

function RemoveDialog({ server, library, onClose, onDone }: { server: FleetServer; library: Library; onClose(): void; onDone(): void }): ReactNode {
  const client = useClient();
  const order = useOrder();
  const [typed, setTyped] = useState('');
  const submit = async () => {
    if (!(await order.send((idempotencyKey) => client.mutation(ConsoleRemoveLibraryDocument, { input: { serverId: server.id, libraryId: library.vendorId, idempotencyKey } }).toPromise()))) return;
    onDone();
    onClose();
  };
  return (
    <Confirm title={`Remove ${library.name} from ${server.alias}?`} verb="Remove library" no="Keep it" danger order={order} off={typed.trim() !== library.name} onClose={onClose} onSubmit={() => void submit()}>
      <p className="callout warning">The library and what {server.alias} keeps of it go, watch states and pictures may go with them. The files on disk stay.</p>
      <Field label={`Type ${library.name} to confirm`} value={typed} onValue={setTyped} autoComplete="off" data-autofocus />
    </Confirm>
  );
}

function RecentlyAdded({ server }: { server: FleetServer }): ReactNode {
  const operator = useRole('OPERATOR');
  const mayRead = useMayRead(server, 'items.recentlyAdded', false);
  const [{ data, error }, read] = useQuery({ query: ConsoleRecentlyAddedDocument, variables: { serverId: server.id, limit: RECENT }, pause: !mayRead, requestPolicy: 'cache-and-network' });
  const [chosen, setChosen] = useState<{ vendorId: string; title: string } | null>(null);
  const noSubtitles = lacks(server, 'subtitles.search');
  const off = whyNoChange(server, { capability: 'subtitles.search', what: 'search subtitles', allowed: operator });
  return (
    <ReadPanel title="Recently added" server={server} needs={{ capability: 'items.recentlyAdded', what: 'tell what was added' }} ready={!!data} error={error} onRetry={() => read({ requestPolicy: 'network-only' })}>
      {data?.recentlyAdded.length === 0 && (
        <EmptyState icon={Sparkles} title="Nothing was added yet">
          {server.alias} holds no titles that this key may see.
        </EmptyState>
      )}
      <ul className="listed-rows">
        {data?.recentlyAdded.map(({ item, at }) => (
          <li key={item.vendorId}>
            <ListedTitle item={item} />
            <span className="push small dim num">
              <Age atMs={at === null ? null : Date.parse(at)} suffix=" ago" />
            </span>
            {(item.type === 'MOVIE' || item.type === 'EPISODE') && (
              <button type="button" className="icon-button" aria-label={`Find subtitles for ${item.title}`} title={noSubtitles ? (off ?? '') : 'Find subtitles…'} aria-disabled={noSubtitles || undefined} onClick={noSubtitles ? undefined : () => setChosen(item)}>
                <Captions size={15} aria-hidden />
              </button>
            )}
          </li>
        ))}
      </ul>
      {noSubtitles && <Reasons reasons={[off]} />}
      {chosen && <SubtitlesDialog server={server} item={chosen} off={off} onClose={() => setChosen(null)} />}
    </ReadPanel>
  );
}

/** Libraries, how well they are described, and what came lately. */
export function LibrariesTab({ server, detail, reread }: { server: FleetServer; detail: ServerDetail; reread(): void }): ReactNode {
  const operator = useRole('OPERATOR');
  const [dialog, setDialog] = useState<'create' | Library | null>(null);
  const off = whyNoChange(server, { capability: 'libraries.create', what: 'be told to create or remove libraries', allowed: operator });
  const create = (
    <button type="button" className="button small aside" aria-disabled={off !== null || undefined} onClick={off === null ? () => setDialog('create') : undefined}>
      <Plus size={13} aria-hidden />
      New library…
    </button>
  );
  return (
    <div className="server-columns">
      <div className="stack-panels">
        <LibrariesTable server={server} libraries={detail.libraries} aside={create} foot={<Reasons reasons={[off]} />} onRemove={off === null ? setDialog : undefined} />
        <LibraryHealth server={server} libraries={detail.libraries} />
      </div>
      <div className="stack-panels">
        <RecentlyAdded server={server} />
      </div>
      {dialog === 'create' && <CreateDialog server={server} onClose={() => setDialog(null)} onDone={reread} />}
      {dialog !== null && dialog !== 'create' && <RemoveDialog server={server} library={dialog} onClose={() => setDialog(null)} onDone={reread} />}
    </div>
  );
}
