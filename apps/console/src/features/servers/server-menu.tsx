import { useNavigate } from '@tanstack/react-router';
import { Filter, RotateCw, Server, Shuffle, SlidersHorizontal } from 'lucide-react';
import type { ReactNode } from 'react';
import { ActionMenu } from '../../components/action-menu.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { useRefreshServer } from './use-refresh-server.js';

/** What can be done with one server from its row. */
export function ServerMenu({ server }: { server: FleetServer }): ReactNode {
  const navigate = useNavigate();
  const refresh = useRefreshServer();
  const operator = useRole('OPERATOR');
  const superadmin = useRole('SUPERADMIN');
  return (
    <ActionMenu
      label={`Actions on ${server.alias}`}
      actions={() => [
        { label: 'Open server', icon: Server, run: () => void navigate({ to: '/servers/$alias/{-$tab}', params: { alias: server.slug } }) },
        { label: `Show only ${server.alias}`, icon: Filter, run: () => void navigate({ to: '.', search: (search) => ({ ...search, servers: server.slug }) }) },
        { label: 'Ask again now', icon: RotateCw, off: operator ? null : 'Needs the role operator. FORBIDDEN', run: () => refresh(server) },
        { label: 'Move its users…', icon: Shuffle, off: superadmin ? null : 'Needs the role superadmin. FORBIDDEN', run: () => void navigate({ to: '/migrations/new', search: { from: server.slug } }) },
        { label: 'Settings', icon: SlidersHorizontal, run: () => void navigate({ to: '/servers/$alias/{-$tab}', params: { alias: server.slug, tab: 'settings' } }) },
      ]}
    />
  );
}
