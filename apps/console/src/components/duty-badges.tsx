import { CircleDashed, Unlink, Wrench } from 'lucide-react';
import type { ReactNode } from 'react';
import { absolute } from '../format/units.js';
import { useDrains } from '../live/live-context.js';
import type { FleetServer } from '../live/live-types.js';

/** What an operator has set a server to: a maintenance window, a drain, or out of what is sent to the whole fleet. */
export function DutyBadges({ server }: { server: FleetServer }): ReactNode {
  const drain = useDrains().get(server.id);
  const until = drain?.drain?.until;
  return (
    <>
      {server.maintenance && (
        <span className="badge duty">
          <Wrench size={12} aria-hidden />
          Maintenance
        </span>
      )}
      {drain && (
        <span className="badge duty" title={until ? `until ${absolute(Date.parse(until))}` : undefined}>
          <CircleDashed size={12} aria-hidden />
          Draining
        </span>
      )}
      {server.role === 'UNLINKED' && (
        <span className="badge fact">
          <Unlink size={12} aria-hidden />
          Not linked
        </span>
      )}
    </>
  );
}
