import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between two parties: hears what they say, and can fall silent without closing anything. */
export class TcpProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private isSilent = false;

  private constructor(
    private readonly server: Server,
    private readonly onBytes: (bytes: Buffer, from: 'client' | 'server') => void,
    private readonly target: { readonly host: string; readonly port: number },
  ) {
    server.on('connection', (client) => this.join(client));
  }

  static async start(targetUrl: string, onBytes: (bytes: Buffer, from: 'client' | 'server') => void = () => undefined): Promise<TcpProxy> {
    const { hostname, port } = new URL(targetUrl);
    const server = createServer({ pauseOnConnect: true });
    const proxy = new TcpProxy(server, onBytes, { host: hostname, port: Number(port) });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** A black hole: connections stay open, new ones are taken, nothing passes. */
  silence(): void {
    this.isSilent = true;
    for (const [client, server] of this.pairs) for (const socket of [client, server]) socket.pause();
  }

  /** As after a lost path: what hung stays dead, new connections pass. */
  heal(): void {
    this.isSilent = false;
    for (const pair of [...this.pairs]) this.cut(pair);
  }

  async close(): Promise<void> {
    for (const pair of [...this.pairs]) this.cut(pair);
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    const server = connect(this.target);
    const pair = [client, server] as const;
    this.pairs.add(pair);
    const pass = (from: Socket, to: Socket, name: 'client' | 'server') => {
      from.on('data', (bytes) => {
        this.onBytes(bytes, name);
        to.write(bytes);
      });
      from.on('error', () => this.cut(pair));
      from.on('close', () => this.cut(pair));
    };
    pass(client, server, 'client');
    pass(server, client, 'server');
    if (this.isSilent) server.pause();
    else client.resume();
  }

  private cut(pair: readonly [Socket, Socket]): void {
    this.pairs.delete(pair);
    for (const socket of pair) socket.destroy();
  }
}
