import { once } from 'node:events';
import { WebSocket } from 'ws';
import { eventually } from '../../eventually.js';

export interface PlainAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; throws when it is none. */
  json<T = Record<string, unknown>>(): T;
}

/** A plain HTTP call, for tests that look at a simulator from outside. */
export async function callServer(url: string, { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: unknown } = {}): Promise<PlainAnswer> {
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: <T>() => JSON.parse(text) as T };
}

export interface Frame {
  readonly MessageType?: string;
  readonly Data?: unknown;
}

/** A WebSocket that keeps what it heard. */
export class FrameListener {
  readonly frames: Frame[] = [];
  closeCode: number | null = null;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.frames.push(JSON.parse((data as Buffer).toString('utf8')) as Frame));
    socket.on('close', (code) => (this.closeCode = code));
  }

  /** @throws with the status when the upgrade is refused. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<FrameListener> {
    const listener = new FrameListener(new WebSocket(url.replace(/^http/, 'ws'), { headers }));
    await once(listener.socket, 'open');
    return listener;
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  ofType(type: string): Frame[] {
    return this.frames.filter((frame) => frame.MessageType === type);
  }

  /** The newest frame of that type, once there are `count` of them. */
  async waitFor(type: string, count = 1): Promise<Frame> {
    await eventually(() => this.ofType(type).length >= count);
    return this.ofType(type).at(-1)!;
  }

  async close(): Promise<void> {
    if (this.closeCode !== null) return;
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}

/** What stands at that place of an answer; `undefined` when a step is missing. */
export function pluck(value: unknown, ...place: readonly (string | number)[]): unknown {
  return place.reduce<unknown>((found, step) => (typeof found === 'object' && found !== null ? (found as Record<string | number, unknown>)[step] : undefined), value);
}
