import type { ReactNode } from 'react';
import { Dialog } from '../components/dialog.js';
import { usePreference } from './preferences.js';

const GROUPS: readonly { label: string; rows: readonly [string, readonly string[]][] }[] = [
  {
    label: 'Everywhere',
    rows: [
      ['Search or jump', ['⌘', 'K']],
      ['Search this page', ['/']],
      ['Choose servers', ['S']],
      ['Refresh', ['R']],
      ['Pause live', ['P']],
      ['Kiosk', ['⇧', 'K']],
      ['Close', ['Esc']],
      ['This list', ['?']],
    ],
  },
  {
    label: 'Go to',
    rows: [
      ['Overview', ['G', 'O']],
      ['Activities', ['G', 'A']],
      ['Servers', ['G', 'S']],
      ['History', ['G', 'H']],
      ['Libraries', ['G', 'L']],
      ['Routing', ['G', 'R']],
      ['Maintenance', ['G', 'M']],
      ['Notices', ['G', 'N']],
      ['Users', ['G', 'U']],
      ['Migrations', ['G', 'X']],
      ['Efficiency', ['G', 'E']],
    ],
  },
  {
    label: 'In lists',
    rows: [
      ['Move', ['J', 'K']],
      ['Open', ['↵']],
      ['Collapse a server', ['[']],
      ['Expand a server', [']']],
      ['Collapse all', ['⇧', '[']],
      ['Expand all', ['⇧', ']']],
      ['Drain a server, on Routing', ['D']],
      ['Try a placement, on Routing', ['T']],
    ],
  },
];

/** All keys of the console, and the switch for the single ones. */
export default function ShortcutList({ onClose }: { onClose(): void }): ReactNode {
  const [singleKeys, setSingleKeys] = usePreference('singleKeys');
  return (
    <Dialog
      title="Keyboard"
      width={860}
      onClose={onClose}
      aside={
        <label className="switch">
          Single keys
          <input type="checkbox" role="switch" checked={singleKeys === 'on'} onChange={(event) => setSingleKeys(event.target.checked ? 'on' : 'off')} />
        </label>
      }
    >
      <div className="dialog-body key-groups" tabIndex={0} role="group" aria-label="Keys">
        {GROUPS.map(({ label, rows }) => (
          <section key={label}>
            <h3 className="small dim">{label}</h3>
            <dl>
              {rows.map(([what, keys]) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>
                    {keys.map((key) => (
                      <kbd key={key} className="kbd">
                        {key}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="dialog-foot hint">Keys never fire while you type in a field.</div>
    </Dialog>
  );
}
