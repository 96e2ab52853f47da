import { ConsoleRevokeDeviceDocument, ConsoleServerDevicesDocument, type ConsoleServerDevicesQuery } from '@usher/api-client';
import { FilterX, LogOut, MonitorSmartphone } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useClient, useQuery } from 'urql';
import { EmptyState } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { whyNoChange } from './capability-words.js';
import { Confirm, ReadPanel, Reasons, Unknown, useMayRead, useOrder } from './detail-parts.js';

type Device = ConsoleServerDevicesQuery['serverDevices'][number];
const MOST = 100;

/** Devices that have signed in, and the way to sign one out. */
export function DevicesTab({ server }: { server: FleetServer }): ReactNode {
  const client = useClient();
  const order = useOrder();
  const operator = useRole('OPERATOR');
  const mayRead = useMayRead(server, 'devices.list', true);
  const [{ data, error }, read] = useQuery({ query: ConsoleServerDevicesDocument, variables: { serverId: server.id }, pause: !mayRead, requestPolicy: 'cache-and-network' });
  const reread = () => read({ requestPolicy: 'network-only' });
  const [text, setText] = useState('');
  const [all, setAll] = useState(false);
  const [revoked, setRevoked] = useState<Device | null>(null);
  const off = whyNoChange(server, { capability: 'devices.revoke', what: 'sign devices out', allowed: operator });
  const revoke = async (device: Device) => {
    if (!(await order.send((idempotencyKey) => client.mutation(ConsoleRevokeDeviceDocument, { input: { serverId: server.id, deviceId: device.vendorId, idempotencyKey } }).toPromise()))) return;
    setRevoked(null);
    reread();
  };
  const needle = text.trim().toLowerCase();
  const newest = data?.serverDevices.toSorted((a, b) => (b.lastSeenAt ?? '').localeCompare(a.lastSeenAt ?? '')) ?? [];
  const found = newest.filter((device) => [device.name, device.client, device.platform, device.lastUserName].some((word) => word?.toLowerCase().includes(needle)));
  const shown = all ? found : found.slice(0, MOST);
  const search = <input data-page-search className="input users-search" aria-label="Search devices" placeholder="Device, app or user" value={text} onChange={(event) => setText(event.target.value)} />;
  return (
    <ReadPanel title="Devices" note={data && `${found.length} of ${data.serverDevices.length}`} aside={data && data.serverDevices.length > 0 && search} server={server} needs={{ capability: 'devices.list', what: 'list devices' }} operator ready={!!data} error={error} onRetry={reread}>
      {data?.serverDevices.length === 0 && (
        <EmptyState icon={MonitorSmartphone} title="No devices">
          Nobody has signed in at {server.alias} yet.
        </EmptyState>
      )}
      {data && data.serverDevices.length > 0 && found.length === 0 && (
        <EmptyState icon={FilterX} title={`No device matches “${text}”`} action={<button type="button" className="button small" onClick={() => setText('')}>Clear</button>} />
      )}
      {shown.length > 0 && (
        <table className="table detail-table stacked">
          <thead>
            <tr>
              <th scope="col">Device</th>
              <th scope="col">App</th>
              <th scope="col">Last user</th>
              <th scope="col" className="num">Seen</th>
              <th scope="col"><span className="sr-only">Action</span></th>
            </tr>
          </thead>
          <tbody>
            {shown.map((device) => (
              <tr key={device.vendorId}>
                <td>
                  <span className="strong block">{device.name}</span>
                  <span className="small dim block">{device.platform}</span>
                </td>
                <td className="dim">
                  {device.client ?? <Unknown />} {device.clientVersion}
                </td>
                <td>{device.lastUserName ?? <Unknown />}</td>
                <td className="num dim"><Age atMs={device.lastSeenAt === null ? null : Date.parse(device.lastSeenAt)} suffix=" ago" /></td>
                <td className="num">
                  <button type="button" className="button small" aria-disabled={off !== null || undefined} onClick={off === null ? () => setRevoked(device) : undefined}>
                    <LogOut size={12} aria-hidden />
                    Sign out…<span className="sr-only"> {device.name}</span>
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {shown.length < found.length && (
        <p className="panel-body">
          <button type="button" className="button small" onClick={() => setAll(true)}>
            Show {found.length - shown.length} more
          </button>
        </p>
      )}
      <Reasons reasons={[off]} />
      {revoked && (
        <Confirm title={`Sign ${revoked.name} out?`} verb="Sign out" no="Leave it signed in" danger order={order} onClose={() => setRevoked(null)} onSubmit={() => void revoke(revoked)}>
          <p className="dim">
            {revoked.lastUserName ?? 'Whoever uses it'} has to sign in anew on this device. What plays there now may end.
          </p>
        </Confirm>
      )}
    </ReadPanel>
  );
}
