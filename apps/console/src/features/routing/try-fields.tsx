import { ConsoleItemsDocument, ConsoleServerUsersDocument, type ConsoleItemsQuery } from '@usher/api-client';
import { useDeferredValue, useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';
import { episodeCode } from '../../format/media.js';
import { plural } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';

export type Item = ConsoleItemsQuery['items']['edges'][number]['node'];
const FIRST = 6;

/** Title of an item on one line: series, episode, name, year. */
function itemName(item: Item): string {
  const code = episodeCode(item);
  return item.parentTitle ? `${item.parentTitle} ${code} ${item.title}`.replaceAll('  ', ' ') : `${item.title}${item.year ? ` (${item.year})` : ''}`;
}

/** Search in the index of the fleet. */
export function TitleChoice({ chosen, onChoose }: { chosen: Item | null; onChoose(item: Item): void }): ReactNode {
  const [text, setText] = useState('');
  const needle = useDeferredValue(text.trim());
  const [{ data, error, fetching }] = useQuery({ query: ConsoleItemsDocument, variables: { search: { text: needle }, first: FIRST }, pause: needle.length < 2 });
  const found = needle.length < 2 ? [] : (data?.items.edges ?? []);
  return (
    <div className="stack tight">
      <Field label="Title" value={text} onValue={setText} placeholder="Two letters, or imdb:tt0078748" data-autofocus hint={chosen && found.length === 0 ? itemName(chosen) : undefined} />
      {error && <ProblemNote problem={problemOf(error)} />}
      {found.length > 0 && (
        <fieldset className="choices">
          <legend className="sr-only">Titles found</legend>
          {found.map(({ node }) => (
            <label key={node.itemKey} className="choice">
              <input type="radio" name="title" checked={chosen?.itemKey === node.itemKey} onChange={() => onChoose(node)} />
              <span>
                {itemName(node)} <span className="small dim">on {plural(node.locations.length, 'server')}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      {needle.length >= 2 && data && !fetching && found.length === 0 && <p className="small dim">No title of the fleet is like it. The index is read after a server is probed, and every 24 h.</p>}
    </div>
  );
}

/** Accounts of one server that holds the title; any account of a person stands for the person. */
export function PersonChoice({ server, value, onValue }: { server: FleetServer; value: string; onValue(value: string): void }): ReactNode {
  const [{ data, error }] = useQuery({ query: ConsoleServerUsersDocument, variables: { serverId: server.id } });
  if (error) return <ProblemNote problem={problemOf(error)} />;
  return (
    <div className="field">
      <label className="label" htmlFor="try-person">
        Viewer on {server.alias}
      </label>
      <select id="try-person" className="input" value={value} onChange={(event) => onValue(event.target.value)}>
        <option value="">{data ? 'Choose' : 'Reading the users…'}</option>
        {data?.users.map(({ vendorId, name }) => (
          <option key={vendorId} value={vendorId}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
