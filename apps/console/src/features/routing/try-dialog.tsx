import { ConsoleCreateRouteDocument, ConsoleSimulatePlacementDocument, type ConsoleCreateRouteMutation, type Network } from '@usher/api-client';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useClient } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf, type Problem } from '../../api/problem.js';
import { CopyButton } from '../../components/copy-button.js';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';
import { moment } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { Candidates } from './decision.js';
import { NEEDS_OPERATOR } from './drains.js';
import { headline, reasonWords, type PlacementRow } from './routing-words.js';
import { PersonChoice, TitleChoice, type Item } from './try-fields.js';

type Made = ConsoleCreateRouteMutation['createRoute'];
const CLIENTS = ['Jellyfin Web', 'Emby for Android TV', 'Plex for Samsung', 'Infuse', 'Swiftfin'];
const HEIGHTS = [['', 'any height'], ['2160', '2160p'], ['1080', '1080p'], ['720', '720p']] as const;

interface Outcome {
  readonly busy: boolean;
  readonly problem: Problem | null;
  readonly placement: PlacementRow | null;
  readonly made: Made | null;
}

const NOTHING: Outcome = { busy: false, problem: null, placement: null, made: null };

/** `Attic: draining` per server, as a refused link tells it. */
function Refusals({ problem }: { problem: Problem }): ReactNode {
  const candidates = problem.details['candidates'];
  if (!Array.isArray(candidates)) return null;
  return (
    <ul className="small refusals">
      {candidates.map(String).map((line) => {
        const [alias = '', reason = ''] = line.split(': ');
        return (
          <li key={line}>
            <span className="strong">{alias}</span> {reasonWords(reason)}
          </li>
        );
      })}
    </ul>
  );
}

/** The link, told once: whoever has it is led to the title. */
function MadeLink({ made, alias }: { made: Made; alias: string }): ReactNode {
  const nowMs = useNow(60_000);
  return (
    <section className="callout ok made-link" aria-label="The link" aria-live="polite">
      <h3>
        {made.placement.userName ?? 'This viewer'} gets {made.placement.title} from {alias}
      </h3>
      <div className="copy-line">
        <code>{made.url}</code>
        <CopyButton text={made.url} label="Copy the link" />
      </div>
      <p className="small dim">
        <span className="text-warning">Shown once.</span> Whoever has it is led to the title, so send it to this viewer only. It leads elsewhere when the server fails or is drained, and ends at {moment(Date.parse(made.route.expiresAt), nowMs)} unless it is used before.
      </p>
    </section>
  );
}

/** Who would be chosen now, and, where that is wanted, a link that leads there. Simulating reserves and stores nothing. */
export default function TryDialog({ byId, onClose, onMade }: { byId: ReadonlyMap<string, FleetServer>; onClose(): void; onMade(): void }): ReactNode {
  const client = useClient();
  const operator = useRole('OPERATOR');
  const [item, setItem] = useState<Item | null>(null);
  const [home, setHome] = useState('');
  const [person, setPerson] = useState('');
  const [app, setApp] = useState(CLIENTS[0] ?? '');
  const [network, setNetwork] = useState<Network>('WAN');
  const [height, setHeight] = useState('');
  const [state, setState] = useState(NOTHING);
  const servers = [...byId.values()];
  const server = byId.get(home) ?? byId.get(item?.locations[0]?.serverId ?? '') ?? servers[0];
  const ready = item !== null && person !== '' && server !== undefined;
  const aliasOf = (id: string | null) => (id ? (byId.get(id)?.alias ?? null) : null);
  const inputOf = (chosen: Item, of: FleetServer) => ({ itemKey: chosen.itemKey, userId: `${of.id}:${person}`, client: { kind: app.trim() || 'unknown', network, maxHeight: height ? Number(height) : null } });
  const simulate = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || state.busy) return;
    setState({ ...NOTHING, busy: true });
    const { data, error } = await client.query(ConsoleSimulatePlacementDocument, { input: inputOf(item, server) }, { requestPolicy: 'network-only' }).toPromise();
    setState({ ...NOTHING, problem: error ? problemOf(error) : null, placement: data?.simulatePlacement ?? null });
  };
  const make = async () => {
    if (!ready || state.busy || !operator) return;
    setState({ ...NOTHING, busy: true });
    const { data, error } = await client.mutation(ConsoleCreateRouteDocument, { input: { ...inputOf(item, server), idempotencyKey: newIdempotencyKey() } }).toPromise();
    setState({ ...NOTHING, problem: error ? problemOf(error) : null, made: data?.createRoute ?? null });
    onMade();
  };
  const outcome = state.placement;
  const off = !ready || state.busy ? true : undefined;
  return (
    <Dialog title="Try a placement" width={920} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void simulate(event)}>
        <TitleChoice
          chosen={item}
          onChoose={(chosen) => {
            setItem(chosen);
            setState(NOTHING);
          }}
        />
        <div className="register-three">
          <div className="field">
            <label className="label" htmlFor="try-home">
              Account on
            </label>
            <select
              id="try-home"
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
          <Field label="App" value={app} onValue={setApp} list="try-apps" />
          <datalist id="try-apps">
            {CLIENTS.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <div className="field">
            <label className="label" htmlFor="try-network">
              Network
            </label>
            <select id="try-network" className="input" value={network} onChange={(event) => setNetwork(event.target.value as Network)}>
              <option value="WAN">from outside (WAN)</option>
              <option value="LAN">at home (LAN)</option>
            </select>
          </div>
          <div className="field">
            <label className="label" htmlFor="try-height">
              Shows at most
            </label>
            <select id="try-height" className="input" value={height} onChange={(event) => setHeight(event.target.value)}>
              {HEIGHTS.map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
          </div>
        </div>
        <div className="inline try-verbs">
          <button type="submit" className="button primary" aria-disabled={off}>
            Simulate
          </button>
          <button type="button" className="button" aria-disabled={off ?? (operator ? undefined : true)} onClick={() => void make()}>
            Make link
          </button>
          <span className="small dim">{!ready ? 'Choose a title and a viewer first.' : operator ? 'Simulating reserves and stores nothing. A link reserves the room for it.' : `Making a link: ${NEEDS_OPERATOR}`}</span>
        </div>
        {state.problem && (
          <div>
            <ProblemNote problem={state.problem} />
            <Refusals problem={state.problem} />
          </div>
        )}
        {state.made && <MadeLink made={state.made} alias={aliasOf(state.made.placement.serverId) ?? 'a removed server'} />}
        {outcome && (
          <section className="simulated" aria-label="Outcome" aria-live="polite">
            <h3 className={outcome.verdict === 'REFUSED' ? 'text-danger' : ''}>{headline(outcome, aliasOf(outcome.serverId))}</h3>
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
