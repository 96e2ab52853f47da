import { ConsoleItemsDocument, ConsoleServerUsersDocument, ConsoleSimulatePlacementDocument, type ConsoleItemsQuery, type Network } from '@usher/api-client';
import { useDeferredValue, useState, type FormEvent, type ReactNode } from 'react';
import { useClient, useQuery } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';
import { episodeCode } from '../../format/media.js';
import { plural } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { Candidates } from './decision.js';
import { headline, type PlacementRow } from './routing-words.js';

type Item = ConsoleItemsQuery['items']['edges'][number]['node'];
const FIRST = 6;
const CLIENTS = ['Jellyfin Web', 'Emby for Android TV', 'Plex for Samsung', 'Infuse', 'Swiftfin'];
const HEIGHTS = [['', 'any height'], ['2160', '2160p'], ['1080', '1080p'], ['720', '720p']] as const;

/** Title of an item on one line: series, episode, name, year. */
function itemName(item: Item): string {
  const code = episodeCode(item);
  return item.parentTitle ? `${item.parentTitle} ${code} ${item.title}`.replaceAll('  ', ' ') : `${item.title}${item.year ? ` (${item.year})` : ''}`;
}

function TitleChoice({ chosen, onChoose }: { chosen: Item | null; onChoose(item: Item): void }): ReactNode {
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
function PersonChoice({ server, value, onValue }: { server: FleetServer; value: string; onValue(value: string): void }): ReactNode {
  const [{ data, error }] = useQuery({ query: ConsoleServerUsersDocument, variables: { serverId: server.id } });
  if (error) return <ProblemNote problem={problemOf(error)} />;
  return (
    <div className="field">
      <label className="label" htmlFor="simulate-person">
        Viewer on {server.alias}
      </label>
      <select id="simulate-person" className="input" value={value} onChange={(event) => onValue(event.target.value)}>
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

/** What the router would decide now. Nothing is reserved and nothing is stored. */
export default function SimulateDialog({ byId, onClose }: { byId: ReadonlyMap<string, FleetServer>; onClose(): void }): ReactNode {
  const client = useClient();
  const [item, setItem] = useState<Item | null>(null);
  const [home, setHome] = useState('');
  const [person, setPerson] = useState('');
  const [app, setApp] = useState(CLIENTS[0] ?? '');
  const [network, setNetwork] = useState<Network>('WAN');
  const [height, setHeight] = useState('');
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null; placement: PlacementRow | null }>({ busy: false, problem: null, placement: null });
  const servers = [...byId.values()];
  const server = byId.get(home) ?? byId.get(item?.locations[0]?.serverId ?? '') ?? servers[0];
  const ready = item !== null && person !== '' && server !== undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || state.busy) return;
    setState({ ...state, busy: true, problem: null });
    const input = { itemKey: item.itemKey, userId: `${server.id}:${person}`, client: { kind: app.trim() || 'unknown', network, maxHeight: height ? Number(height) : null } };
    const { data, error } = await client.query(ConsoleSimulatePlacementDocument, { input }, { requestPolicy: 'network-only' }).toPromise();
    setState({ busy: false, problem: error ? problemOf(error) : null, placement: data?.simulatePlacement ?? null });
  };
  const outcome = state.placement;
  return (
    <Dialog title="Simulate a placement" width={920} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        <TitleChoice chosen={item} onChoose={setItem} />
        <div className="register-three">
          <div className="field">
            <label className="label" htmlFor="simulate-home">
              Account on
            </label>
            <select
              id="simulate-home"
              className="input"
              value={server?.id ?? ''}
              onChange={(event) => {
                setHome(event.target.value);
                setPerson('');
              }}
            >
              {servers.map(({ id, alias }) => (
                <option key={id} value={id}>
                  {alias}
                </option>
              ))}
            </select>
          </div>
          {server && <PersonChoice key={server.id} server={server} value={person} onValue={setPerson} />}
          <Field label="App" value={app} onValue={setApp} list="simulate-apps" />
          <datalist id="simulate-apps">
            {CLIENTS.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <div className="field">
            <label className="label" htmlFor="simulate-network">
              Network
            </label>
            <select id="simulate-network" className="input" value={network} onChange={(event) => setNetwork(event.target.value as Network)}>
              <option value="WAN">from outside (WAN)</option>
              <option value="LAN">at home (LAN)</option>
            </select>
          </div>
          <div className="field">
            <label className="label" htmlFor="simulate-height">
              Shows at most
            </label>
            <select id="simulate-height" className="input" value={height} onChange={(event) => setHeight(event.target.value)}>
              {HEIGHTS.map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
          </div>
        </div>
        {state.problem && <ProblemNote problem={state.problem} />}
        <div className="inline">
          <button type="submit" className="button primary" aria-disabled={!ready || state.busy || undefined}>
            Simulate
          </button>
          <span className="small dim">{ready ? 'Nothing is reserved, nothing is stored.' : 'Choose a title and a viewer first.'}</span>
        </div>
        {outcome && (
          <section className="simulated" aria-label="Outcome" aria-live="polite">
            <h3 className={outcome.verdict === 'REFUSED' ? 'text-danger' : ''}>{headline(outcome, outcome.serverId ? (byId.get(outcome.serverId)?.alias ?? null) : null)}</h3>
            <p className="dim">
              {outcome.sentence} {outcome.code && <code className="text-danger">{outcome.code}</code>}
            </p>
            <Candidates placement={outcome} byId={byId} />
          </section>
        )}
      </form>
    </Dialog>
  );
}
