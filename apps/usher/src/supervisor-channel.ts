import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** A simulated server, as the supervisor hands it over. */
export const DemoServer = z.strictObject({
  externalKey: z.string(),
  url: z.url(),
  token: z.string(),
  alias: z.string(),
  kind: z.enum(['emby', 'jellyfin', 'plex']).optional(),
  role: z.enum(['primary', 'linked']).optional(),
  tags: z.array(z.string()).optional(),
  region: z.string().optional(),
  location: z.strictObject({ label: z.string(), lat: z.number(), lon: z.number() }).optional(),
});
export type DemoServer = z.infer<typeof DemoServer>;

const Order = z.discriminatedUnion('event', [z.strictObject({ event: z.literal('demo'), servers: z.array(DemoServer).max(200) })]);

export type HostEvent =
  | { event: 'servers'; count: number; demo: number }
  | { event: 'ready'; url: string }
  | { event: 'code'; code: string | null; expiresAt?: string }
  | { event: 'demo-registered'; count: number };

const EVENTS_FD = 3;
const ORDERS_FD = 4;

/** JSON lines between the host and `npm start`, over two inherited pipes. */
export class SupervisorChannel {
  send(event: HostEvent): void {
    try {
      writeSync(EVENTS_FD, `${JSON.stringify(event)}\n`);
    } catch (error) {
      // The supervisor is gone; its death signal is on its way.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    }
  }

  /** Calls `onDemo` for each order; a line that is none is an error of the supervisor and thrown. */
  onDemo(onDemo: (servers: DemoServer[]) => void): void {
    // A pipe read as a file would keep the process from exiting until the other end closes.
    const pipe = new Socket({ fd: ORDERS_FD, readable: true, writable: false });
    pipe.unref();
    const lines = createInterface({ input: pipe });
    lines.on('line', (line) => onDemo(readOrder(line)));
  }
}

/** @throws for anything that is no order */
export function readOrder(line: string): DemoServer[] {
  return Order.parse(JSON.parse(line)).servers;
}
