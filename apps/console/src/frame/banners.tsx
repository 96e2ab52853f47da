import { Link } from '@tanstack/react-router';
import { Play, ShieldAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useAuth } from '../features/auth/auth-context.js';
import { plural } from '../format/units.js';
import { useServers } from '../live/live-context.js';

/** Strips under the top bar: the demo fleet and plain http. Neither is shown without its reason. */
export function Banners(): ReactNode {
  const setup = useAuth().welcome?.setupState;
  const servers = useServers();
  const demo = servers?.filter((server) => server.demo).length ?? 0;
  const isAllDemo = demo === servers?.length;
  const exposed = isExposed(setup?.insecure);
  if (demo === 0 && !exposed) return null;
  return (
    <section className="banners" aria-label="About this installation">
      {demo > 0 && (
        <div className="strip">
          <Play size={14} className="accent" aria-hidden />
          <span className="strip-text">
            <strong>Demo fleet.</strong> {plural(demo, 'simulated server')}. {isAllDemo ? 'Nothing here is real and nothing leaves this machine.' : 'Nothing of them is real; your own servers are.'}
          </span>
          {isAllDemo && (
            <Link to="/servers/new" className="link">
              Register your first server
            </Link>
          )}
        </div>
      )}
      {exposed && <InsecureStrip />}
    </section>
  );
}

const THIS_MACHINE = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** True when what is typed travels over plain http and leaves this machine. */
export function isExposed(insecure: boolean | undefined, hostname = window.location.hostname): boolean {
  return insecure === true && !THIS_MACHINE.test(hostname);
}

/** Shown wherever a password or a key may be typed over plain http. */
export function InsecureStrip(): ReactNode {
  return (
    <div className="strip warning">
      <ShieldAlert size={14} className="text-warning" aria-hidden />
      <span className="strip-text">
        <strong>This page came over plain http.</strong> Whoever shares the network can read what you type. Put Usher behind https to end this.
      </span>
    </div>
  );
}
