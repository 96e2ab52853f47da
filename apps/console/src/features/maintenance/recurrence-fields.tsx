import type { ReactNode } from 'react';
import { DAYS, NTHS, weekdayOf, type Recurrence, type Repeats } from './recurrence.js';

const CHOICES: readonly (readonly [Repeats, string])[] = [['never', 'Never'], ['daily', 'Daily'], ['weekly', 'Weekly'], ['monthly', 'Monthly'], ['other', 'Other']];

function Weekly({ value, day, onValue }: { value: Recurrence; day: string; onValue(change: Partial<Recurrence>): void }): ReactNode {
  const chosen = value.days.length > 0 ? value.days : [weekdayOf(day)];
  const toggle = (name: string) => onValue({ days: chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name] });
  return (
    <div className="server-chips" role="group" aria-label="Days of the week">
      {DAYS.map(([name, word]) => (
        <label key={name} className="server-chip">
          <input type="checkbox" className="sr-only" checked={chosen.includes(name)} onChange={() => toggle(name)} />
          {word}
        </label>
      ))}
    </div>
  );
}

/** Never, daily, weekly, monthly; a rule that none of them can show stays editable as text. */
export function RecurrenceFields({ value, day, onValue }: { value: Recurrence; day: string; onValue(change: Partial<Recurrence>): void }): ReactNode {
  const weekday = DAYS.find(([name]) => name === weekdayOf(day))?.[1];
  return (
    <fieldset className="field choices">
      <legend className="label">Repeats</legend>
      <div className="repeat-choices">
        {CHOICES.map(([repeats, word]) => (
          <label key={repeats} className="server-chip">
            <input type="radio" name="repeats" checked={value.repeats === repeats} onChange={() => onValue({ repeats })} />
            {word}
          </label>
        ))}
      </div>
      {value.repeats === 'weekly' && day && <Weekly value={value} day={day} onValue={onValue} />}
      {value.repeats === 'monthly' && day && (
        <div className="inline repeat-line">
          on the
          <select className="input filter-select" aria-label="Which day of the month" value={value.nth} onChange={(event) => onValue({ nth: event.target.value })}>
            {NTHS.map(([nth, word]) => (
              <option key={nth} value={nth}>
                {word} {weekday}
              </option>
            ))}
            <option value="date">{Number(day.slice(8, 10))}. day</option>
          </select>
        </div>
      )}
      {value.repeats === 'other' && (
        <input className="input" aria-label="Recurrence rule" value={value.rule} placeholder="FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1" spellCheck={false} onChange={(event) => onValue({ rule: event.target.value })} />
      )}
      {value.repeats !== 'never' && value.repeats !== 'other' && (
        <label className="inline repeat-line">
          until
          <input className="input until" type="date" value={value.until} onChange={(event) => onValue({ until: event.target.value })} />
          <span className="small dim">empty: until it is ended</span>
        </label>
      )}
    </fieldset>
  );
}
