import { Download, Eye } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Dialog } from '../../components/dialog.js';
import { useLive } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { useAuth } from '../auth/auth-context.js';
import { saveFile } from '../migrations/save-file.js';
import { diagnosticsFile } from './diagnostics.js';
import type { ServerCost } from './figures.js';

const KIB = 1_024;

/** One file for a bug report, to be read before it is sent. */
export function DiagnosticsPanel({ servers, costs }: { servers: readonly FleetServer[]; costs: readonly ServerCost[] }): ReactNode {
  const version = useAuth().welcome?.setupState.version ?? 'unknown';
  const { store } = useLive();
  const [looks, setLooks] = useState(false);
  const text = () => diagnosticsFile(version, store.clock.now(), servers, costs);
  const size = Math.max(1, Math.round(text().length / KIB));
  return (
    <section className="panel" aria-labelledby="diagnostics-head">
      <div className="panel-head">
        <h2 id="diagnostics-head">Diagnostics</h2>
        <span className="small dim">one file for a bug report</span>
      </div>
      <div className="panel-body stack tight">
        <ul className="small dim eff-contents">
          <li>Call counters and timings of the last hour</li>
          <li>Versions, settings and capabilities</li>
          <li>Push, caches, what was not understood</li>
        </ul>
        <p className="small dim">Servers stand in it as numbers. People, titles, addresses, keys and tokens are never in it. You can read the file before you send it.</p>
        <div className="inline eff-acts">
          <button type="button" className="button" onClick={() => setLooks(true)}>
            <Eye size={14} aria-hidden />
            Look inside
          </button>
          <button type="button" className="button primary" onClick={() => saveFile(`usher-diagnostics-${new Date(store.clock.now()).toISOString().slice(0, 10)}.json`, text(), 'application/json')}>
            <Download size={14} aria-hidden />
            Download diagnostics, {size} KiB
          </button>
        </div>
      </div>
      {looks && (
        <Dialog title="Diagnostics" width={760} onClose={() => setLooks(false)}>
          <pre className="dialog-body eff-file" tabIndex={0} aria-label="The file">
            {text()}
          </pre>
        </Dialog>
      )}
    </section>
  );
}
