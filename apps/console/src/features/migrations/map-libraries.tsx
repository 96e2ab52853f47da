import { ConsoleLibrariesDocument } from '@usher/api-client';
import { ClipboardPaste, Plus, X } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { ErrorState, LoadingRows } from '../../components/state-view.js';
import { count } from '../../format/units.js';
import { pathProblem } from '../libraries/plan-words.js';
import { parsePaths, type Draft } from './plan-draft.js';

interface MapLibrariesProps {
  draft: Draft;
  source: string;
  target: string;
  onDraft: ((draft: Draft) => void) | null;
}

function LibraryPairs({ draft, source, target, onDraft }: MapLibrariesProps): ReactNode {
  const serverIds = useMemo(() => [draft.sourceServerId, draft.targetServerId], [draft.sourceServerId, draft.targetServerId]);
  const [{ data, error }, reread] = useQuery({ query: ConsoleLibrariesDocument, variables: { serverIds }, requestPolicy: 'cache-and-network' });
  if (!data) return error ? <ErrorState title="Usher could not read the libraries" problem={problemOf(error)} onRetry={() => reread({ requestPolicy: 'network-only' })} /> : <LoadingRows rows={4} height={48} label="Loading the libraries" />;
  const own = data.libraries.filter(({ serverId }) => serverId === draft.sourceServerId);
  const theirs = data.libraries.filter(({ serverId }) => serverId === draft.targetServerId);
  const set = (id: string, value: string) => {
    const libraries = new Map(draft.libraries);
    if (value === 'auto') libraries.delete(id);
    else libraries.set(id, value === 'none' ? null : value.slice(1));
    onDraft?.({ ...draft, libraries });
  };
  return (
    <table className="table mig-table mig-library-table">
      <thead>
        <tr>
          <th scope="col">On {source}</th>
          <th scope="col" className="num">
            Titles
          </th>
          <th scope="col">On {target}</th>
        </tr>
      </thead>
      <tbody>
        {own.map((library) => {
          const choice = draft.libraries.get(library.vendorId);
          const guess = theirs.find(({ name, type }) => name === library.name && type === library.type);
          return (
            <tr key={library.vendorId}>
              <td>
                <b className="strong block">{library.name}</b>
                <span className="small dim">{library.type}</span>
              </td>
              <td className="num">{library.itemCount === null ? '–' : count(library.itemCount)}</td>
              <td>
                <select className="input" aria-label={`Library of ${target} for ${library.name}`} disabled={!onDraft} value={choice === undefined ? 'auto' : choice === null ? 'none' : `=${choice}`} onChange={(event) => set(library.vendorId, event.target.value)}>
                  <option value="auto">by name and type: {guess ? guess.name : 'none found'}</option>
                  {theirs.map(({ vendorId, name, type }) => (
                    <option key={vendorId} value={`=${vendorId}`}>
                      {name} ({type})
                    </option>
                  ))}
                  <option value="none">none: its titles stay behind</option>
                </select>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Paths({ draft, source, target, onDraft }: MapLibrariesProps): ReactNode {
  const [pasted, setPasted] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const set = (paths: Draft['paths']) => onDraft?.({ ...draft, paths });
  const change = (key: string, side: 'from' | 'to', value: string) => set(draft.paths.map((row) => (row.key === key ? { ...row, [side]: value } : row)));
  const add = (rows: readonly { from: string; to: string }[]) => set([...draft.paths, ...rows.map((row, index) => ({ ...row, key: `n${draft.paths.length + index}-${row.from}` }))]);
  const read = () => {
    const rows = parsePaths(pasted ?? '');
    setWrong(typeof rows === 'string' ? rows : null);
    if (typeof rows === 'string') return;
    add(rows);
    setPasted(null);
  };
  return (
    <section className="panel" aria-labelledby="mig-paths-head">
      <div className="panel-head">
        <h2 id="mig-paths-head">Folders</h2>
        <span className="small dim">longest prefix wins</span>
        {onDraft && (
          <button type="button" className="button small aside" aria-expanded={pasted !== null} onClick={() => setPasted(pasted === null ? '' : null)}>
            <ClipboardPaste size={13} aria-hidden />
            Paste a map
          </button>
        )}
      </div>
      {pasted !== null && (
        <div className="panel-body stack tight">
          <textarea className="input mono" aria-label="Pasted map of folders" placeholder={'/mnt/media/movies → /data/movies\nor {"/mnt/media": "/data"}'} value={pasted} onChange={(event) => setPasted(event.target.value)} />
          {wrong && (
            <span className="field-error" role="alert">
              {wrong}
            </span>
          )}
          <button type="button" className="button small" onClick={read}>
            Add these folders
          </button>
        </div>
      )}
      {draft.paths.length === 0 && <p className="panel-body small dim">Folders with equal ends are suggested by the check. Write them here where the two servers see the same files under other names.</p>}
      <ul className="mig-paths">
        {draft.paths.map((row, index) => {
          const problems = [row.from && pathProblem(row.from), row.to && pathProblem(row.to)].filter(Boolean);
          return (
            <li key={row.key}>
              <input className="input mono" aria-label={`Folder on ${source}, row ${index + 1}`} placeholder="/mnt/media/movies" value={row.from} disabled={!onDraft} onChange={(event) => change(row.key, 'from', event.target.value)} />
              <input className="input mono" aria-label={`Folder on ${target}, row ${index + 1}`} placeholder="/data/movies" value={row.to} disabled={!onDraft} onChange={(event) => change(row.key, 'to', event.target.value)} />
              {onDraft && (
                <button type="button" className="icon-button" aria-label={`Remove row ${index + 1}`} title="Remove" onClick={() => set(draft.paths.filter(({ key }) => key !== row.key))}>
                  <X size={14} />
                </button>
              )}
              {problems.length > 0 && <span className="field-error">{problems[0]}</span>}
            </li>
          );
        })}
      </ul>
      <div className="panel-note inline small dim">
        {onDraft && (
          <button type="button" className="button small" onClick={() => add([{ from: '', to: '' }])}>
            <Plus size={13} aria-hidden />
            Add a folder
          </button>
        )}
        <span>Folders only help to recognize the same film. No file is copied.</span>
      </div>
    </section>
  );
}

/** Libraries that stand for each other, and folders that are the same. */
export function MapLibraries(props: MapLibrariesProps): ReactNode {
  return (
    <div className="mig-columns even">
      <section className="panel" aria-labelledby="mig-libraries-head">
        <div className="panel-head">
          <h2 id="mig-libraries-head">Libraries</h2>
          <span className="small dim">titles are looked for in the paired one; access follows</span>
        </div>
        <LibraryPairs {...props} />
      </section>
      <Paths {...props} />
    </div>
  );
}

/** Why a folder map cannot be sent; null when it can. */
export function pathsProblem({ paths }: Draft): string | null {
  const index = paths.findIndex(({ from, to }) => pathProblem(from) !== null || pathProblem(to) !== null);
  return index < 0 ? null : `Folder ${index + 1} is not complete.`;
}
