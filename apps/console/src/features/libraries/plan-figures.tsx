import type { ReactNode } from 'react';
import { count } from '../../format/units.js';
import { bytes, overlapParts, TIER_WORDS, type Plan } from './plan-words.js';

type Space = Plan['space'][number];
const RADIUS = 44;
const ROUND = 2 * Math.PI * RADIUS;
const PART_WORDS = {
  same: ['On both, same file', 'nothing to do'],
  other: ['On both, other version', 'kept beside'],
  copy: ['Only on the source', 'would be copied'],
  unmatched: ['Cannot be matched', 'listed, not copied'],
} as const;

function Donut({ overlap }: { overlap: NonNullable<Plan['overlap']> }): ReactNode {
  const parts = overlapParts(overlap);
  const sum = Math.max(1, parts.reduce((total, [, value]) => total + value, 0));
  const lengths = parts.map(([, value]) => (value / sum) * ROUND);
  return (
    <svg className="donut" viewBox="0 0 120 120" width="136" height="136" role="img" aria-label={parts.map(([name, value]) => `${PART_WORDS[name][0]}: ${value}`).join(', ')}>
      {parts.map(([name], index) => {
        const length = lengths[index] ?? 0;
        const offset = -lengths.slice(0, index).reduce((total, each) => total + each, 0);
        return <circle key={name} className={`stroke-${name}`} cx="60" cy="60" r={RADIUS} fill="none" strokeWidth="18" strokeDasharray={`${Math.max(0, length - 1.5)} ${ROUND}`} strokeDashoffset={offset} transform="rotate(-90 60 60)" />;
      })}
      <text x="60" y="60" className="donut-number" textAnchor="middle">
        {count(overlap.titles)}
      </text>
      <text x="60" y="75" className="donut-word" textAnchor="middle">
        titles
      </text>
    </svg>
  );
}

/** What both have, per kind and per library, in one order everywhere. */
export function OverlapFigures({ plan, target }: { plan: Plan; target: string }): ReactNode {
  const { overlap } = plan;
  if (!overlap) return null;
  const most = Math.max(1, ...plan.libraries.map(({ titles }) => titles));
  return (
    <section className="panel" aria-labelledby="plan-overlap-head">
      <div className="panel-head">
        <h2 id="plan-overlap-head">Overlap with {target}</h2>
        <span className="small dim">by ids, then path and length</span>
      </div>
      <div className="overlap-figures">
        <Donut overlap={overlap} />
        <ul>
          {overlapParts(overlap).map(([name, value]) => (
            <li key={name}>
              <i className={`part-${name}`} aria-hidden />
              <span>
                {PART_WORDS[name][0]}
                <span className="small dim block">{PART_WORDS[name][1]}</span>
              </span>
              <b className="num">{count(value)}</b>
            </li>
          ))}
        </ul>
      </div>
      <ul className="panel-body overlap-rows">
        {plan.libraries.map((library) => (
          <li key={library.sourceVendorId}>
            <span className="clip">{library.name}</span>
            <span className="overlap-bar" aria-hidden>
              {overlapParts(library).map(([name, value]) => value > 0 && <span key={name} className={`part-${name}`} style={{ width: `${(value / most) * 100}%` }} />)}
            </span>
            <span className="num dim">{count(library.titles)}</span>
          </li>
        ))}
      </ul>
      <p className="panel-note small dim">
        By tier:{' '}
        {overlap.tiers
          .filter((tier) => tier.count > 0)
          .map(({ tier, count: number }) => `${tier} ${count(number)} (${TIER_WORDS[tier]})`)
          .join(', ') || 'no title matches'}
      </p>
    </section>
  );
}

/** Used, what is copied, its reserve, and the rest. */
function SpaceBar({ space }: { space: Space }): ReactNode {
  const used = space.usedBytes ?? 0;
  const total = used + (space.freeBytes ?? 0);
  const reserve = Math.max(0, space.neededBytes - space.copyBytes);
  const shown = Math.max(total, used + space.neededBytes, 1);
  const width = (value: number) => ({ width: `${(value / shown) * 100}%` });
  return (
    <span className="space-bar" aria-hidden>
      <span className="space-used" style={width(used)} />
      <span className={space.neededBytes > (space.freeBytes ?? 0) ? 'space-copy over' : 'space-copy'} style={width(space.copyBytes)} />
      <span className="space-reserve" style={width(reserve)} />
    </span>
  );
}

function OneSpace({ space }: { space: Space }): ReactNode {
  if (space.freeBytes === null) {
    return (
      <li>
        <code>{space.path ?? 'no folder'}</code>
        <p className="dim">
          Free space is <b className="text-warning">unknown</b>: this media server does not tell it. {bytes(space.neededBytes)} are needed, look yourself before copying.
        </p>
      </li>
    );
  }
  return (
    <li>
      <code>{space.path}</code>
      <SpaceBar space={space} />
      <p className="small space-words">
        <span className="dim">{space.usedBytes !== null && `in use ${bytes(space.usedBytes)}`}</span>
        <span>
          <span className="accent">copy {bytes(space.copyBytes)}</span> <span className="dim">+ reserve {bytes(Math.max(0, space.neededBytes - space.copyBytes))} · leaves</span>{' '}
          <b className={(space.freeAfterBytes ?? 0) <= 0 ? 'text-danger' : ''}>{space.freeAfterBytes === null ? 'unknown' : space.freeAfterBytes < 0 ? `${bytes(-space.freeAfterBytes)} too little` : bytes(space.freeAfterBytes)}</b>
        </span>
      </p>
    </li>
  );
}

/** Space on the target and what would be copied per library. */
export function SpacePanel({ plan, target }: { plan: Plan; target: string }): ReactNode {
  return (
    <section className="panel" aria-labelledby="space-head">
      <div className="panel-head">
        <h2 id="space-head">Space on {target}</h2>
        <span className="small dim">need = copy × 1.10 + 5 GiB</span>
      </div>
      {plan.space.length > 0 && (
        <ul className="panel-body spaces">
          {plan.space.map((space) => (
            <OneSpace key={space.path} space={space} />
          ))}
        </ul>
      )}
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Would be copied</th>
            <th scope="col" className="num">Files</th>
            <th scope="col" className="num">Size</th>
          </tr>
        </thead>
        <tbody>
          {plan.libraries.map((library) => (
            <tr key={library.sourceVendorId}>
              <td>
                {library.name}, {count(library.onlySource)} titles
                <span className="small dim block">into {library.targetName ?? 'a new library'}</span>
              </td>
              <td className="num dim">{count(library.copyFiles)}</td>
              <td className="num">
                <span className="strong">{bytes(library.copyBytes)}</span>
                {library.copyFilesOfUnknownSize > 0 && <span className="small text-warning block">{count(library.copyFilesOfUnknownSize)} of unknown size</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Who of the source watched what, and what of it the target would have. */
export function Watchers({ plan, target }: { plan: Plan; target: string }): ReactNode {
  const loses = plan.watchers.filter((watcher) => watcher.missing > 0 || watcher.targetUserName === null || watcher.isWatching);
  const shown = loses.length > 0 ? loses : plan.watchers.slice(0, 5);
  return (
    <section className="panel" aria-labelledby="watchers-head">
      <div className="panel-head">
        <h2 id="watchers-head">Who watches what</h2>
        <span className="small dim">in 90 d, with what plays now</span>
      </div>
      {plan.watchers.length === 0 ? (
        <p className="panel-body dim">Nobody watched anything of these libraries.</p>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Person</th>
              <th scope="col" className="num">Watched</th>
              <th scope="col" className="num">Begun</th>
              <th scope="col" className="num">After</th>
              <th scope="col" className="num">Missing</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((watcher) => (
              <tr key={watcher.userName}>
                <td>
                  <span className="strong">{watcher.userName}</span>
                  <span className={`small block ${watcher.targetUserName === null ? 'text-warning' : 'dim'}`}>
                    {watcher.targetUserName === null ? `no user on ${target}` : `${watcher.isWatching ? 'watches ' : ''}${watcher.lastTitle ?? ''}`}
                  </span>
                </td>
                <td className="num">{count(watcher.watched)}</td>
                <td className="num dim">{count(watcher.begun)}</td>
                <td className="num">{count(watcher.after)}</td>
                <td className={`num ${watcher.missing > 0 ? 'text-warning strong' : 'dim'}`}>{count(watcher.missing)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {plan.watchers.length > shown.length && <p className="panel-note small dim">{plan.watchers.length - shown.length} more, none loses anything</p>}
    </section>
  );
}

/** Pairs by weak evidence: a person should look at them. */
export function Matches({ plan }: { plan: Plan }): ReactNode {
  if (plan.matchesToReview.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="matches-head">
      <div className="panel-head">
        <h2 id="matches-head">Matches to look at</h2>
        <span className="small dim">weakest first</span>
      </div>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">On the source</th>
            <th scope="col">On the target</th>
            <th scope="col">Tier and evidence</th>
          </tr>
        </thead>
        <tbody>
          {plan.matchesToReview.slice(0, 20).map((match) => (
            <tr key={match.sourceVendorId}>
              <td>{match.sourceTitle}</td>
              <td>{match.targetTitle ?? <span className="faint">none</span>}</td>
              <td>
                <span className={match.tier === 'X' ? 'text-danger' : ''}>
                  {match.tier}, {TIER_WORDS[match.tier]}
                </span>
                <span className="small dim block">{match.evidence.join(', ')}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {plan.matchesToReview.length > 20 && <p className="panel-note small dim">{plan.matchesToReview.length - 20} more</p>}
    </section>
  );
}
