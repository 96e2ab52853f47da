import type { ReactNode } from 'react';

/** Scale of every load bar: a fifth beyond full, so that too much can be seen. */
const FULL_SCALE = 1.2;
const at = (value: number): string => `${(Math.max(0, Math.min(FULL_SCALE, value)) / FULL_SCALE) * 100}%`;

interface LoadBarProps {
  /** Share that is used, reservations included. */
  now: number;
  reserved: number;
  /** Share with the playback in question. */
  after?: number;
  gate: number;
}

/** Grey is used, hatched is reserved, blue is this playback, red when that goes over the gate; the line is the gate. The figures stand beside it. */
export function LoadBar({ now, reserved, after = now, gate }: LoadBarProps): ReactNode {
  const held = Math.min(now, reserved);
  const over = after > gate && after > now;
  return (
    <span className="load-bar" aria-hidden>
      <span className="load-now" style={{ width: at(now - held) }} />
      {held > 0 && <span className="load-reserved" style={{ left: at(now - held), width: at(held) }} />}
      {after > now && <span className={over ? 'load-this over' : 'load-this'} style={{ left: at(now), width: `calc(${at(after)} - ${at(now)})` }} />}
      <span className="load-gate" style={{ left: at(gate) }} />
    </span>
  );
}
