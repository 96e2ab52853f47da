import { connect, type Socket } from 'node:net';

export interface RawMessage {
  readonly subject: string;
  readonly reply: string | null;
  readonly payload: string;
}

export interface RawLogin {
  readonly jwt: string;
  /** Ed25519 by the login key over the broker's nonce. */
  readonly sign: (nonce: Uint8Array) => Uint8Array;
}

/** A client of the broker that keeps no rule of ours: what somebody with a stolen login could write. */
export class RawNats {
  readonly messages: RawMessage[] = [];
  readonly errors: string[] = [];
  private buffer = Buffer.alloc(0);
  private lastSid = 0;
  private pongs = 0;
  private readonly waiting: (() => void)[] = [];

  private constructor(private readonly socket: Socket) {}

  /** @throws when the broker refuses the login */
  static async connect(url: string, login: RawLogin): Promise<RawNats> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    const client = new RawNats(socket);
    const info = await new Promise<string>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('data', (bytes) => resolve(bytes.toString('utf8')));
    });
    const { nonce } = JSON.parse(info.slice('INFO '.length, info.indexOf('\r\n'))) as { nonce: string };
    const sig = Buffer.from(login.sign(new TextEncoder().encode(nonce))).toString('base64url');
    socket.on('error', (error) => client.errors.push(error.message));
    socket.on('data', (bytes) => client.read(bytes));
    socket.on('close', () => client.wake());
    socket.write(`CONNECT ${JSON.stringify({ verbose: false, pedantic: false, headers: true, jwt: login.jwt, sig, protocol: 1, lang: 'raw', version: '1' })}\r\n`);
    await client.flush();
    if (client.pongs === 0) throw new Error(client.errors.join('; ') || 'the broker closed the connection');
    return client;
  }

  subscribe(subject: string, queue = ''): void {
    this.socket.write(`SUB ${subject} ${queue === '' ? '' : `${queue} `}${++this.lastSid}\r\n`);
  }

  publish(subject: string, payload: string, reply = ''): void {
    this.socket.write(`PUB ${subject} ${reply === '' ? '' : `${reply} `}${Buffer.byteLength(payload)}\r\n${payload}\r\n`);
  }

  /** Resolves when the broker has read everything sent so far, or has hung up. */
  async flush(): Promise<void> {
    if (this.socket.destroyed) return;
    const done = new Promise<void>((resolve) => this.waiting.push(resolve));
    this.socket.write('PING\r\n');
    await done;
  }

  close(): void {
    this.socket.destroy();
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private read(bytes: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, bytes]);
    for (;;) {
      const end = this.buffer.indexOf('\r\n');
      if (end < 0) return;
      const line = this.buffer.subarray(0, end).toString('utf8');
      const size = /^(?:MSG|HMSG) .* (\d+)$/.exec(line)?.[1];
      const total = end + 2 + (size === undefined ? 0 : Number(size) + 2);
      if (this.buffer.length < total) return;
      const body = size === undefined ? '' : this.buffer.subarray(end + 2, total - 2).toString('utf8');
      this.buffer = this.buffer.subarray(total);
      this.line(line, body);
    }
  }

  private line(line: string, payload: string): void {
    if (line === 'PING') this.socket.write('PONG\r\n');
    else if (line === 'PONG') {
      this.pongs += 1;
      this.waiting.shift()?.();
    } else if (line.startsWith('-ERR')) this.errors.push(line.slice(5).replaceAll("'", ''));
    else if (/^H?MSG /.test(line)) {
      const words = line.split(' ');
      const isHeaded = words[0] === 'HMSG';
      const hasReply = words.length === (isHeaded ? 6 : 5);
      this.messages.push({ subject: words[1]!, reply: hasReply ? words[3]! : null, payload });
    }
  }
}
