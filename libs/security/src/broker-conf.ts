import { mintHubAccount, mintOperator, mintSysAccount } from './bus-jwt.js';
import type { KeyRing } from './key-ring.js';

export interface BrokerConfOptions {
  readonly port: number;
  /** Loopback unless an outside broker with TLS is meant. */
  readonly host?: string;
  /** Folder in which the broker keeps the accounts that were pushed. */
  readonly resolverDir: string;
  /** Monitoring, on loopback whatever `host` is: its lists show users' claims. */
  readonly monitorPort?: number;
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

/**
 * Text of nats.conf: accounts by signed claims, SYS and HUB known from the start, no JetStream, and no listener but the
 * one for clients. It holds public claims only. Loads on 2.9.10 and newer.
 */
export async function renderBrokerConf(ring: KeyRing, options: BrokerConfOptions): Promise<string> {
  const { sys, hub } = ring.brokerAccounts;
  const [operator, sysAccount, hubAccount] = await Promise.all([mintOperator(ring), mintSysAccount(ring), mintHubAccount(ring)]);
  const lines = [
    '# Written by Usher; changes are overwritten.',
    `listen: ${quote(`${bracketed(options.host ?? '127.0.0.1')}:${options.port}`)}`,
    'server_name: "usher"',
    ...(options.monitorPort === undefined ? [] : [`http: "127.0.0.1:${options.monitorPort}"`]),
    ...(options.tls ? [`tls { cert_file: ${quote(options.tls.certFile)}, key_file: ${quote(options.tls.keyFile)} }`] : []),
    'max_control_line: 4096',
    'max_payload: 1MB',
    'write_deadline: "10s"',
    'ping_interval: "20s"',
    'ping_max: 2',
    `operator: ${operator}`,
    `system_account: ${sys}`,
    `resolver { type: full, dir: ${quote(options.resolverDir)}, allow_delete: true, interval: "2m", limit: 100000 }`,
    'resolver_preload {',
    `  ${sys}: ${sysAccount}`,
    `  ${hub}: ${hubAccount}`,
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
