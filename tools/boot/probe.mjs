// Is something there, and is it what we think? Without any driver: used before dependencies are installed.
import { createServer, connect } from 'node:net';

const PROBE_MS = 700;

/** A free port of 127.0.0.1, given by the kernel. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Whether `port` can be bound at `host`. */
export function isPortFree(port, host = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(false) : reject(error)));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

function ask(host, port, greeting, read) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    let received = Buffer.alloc(0);
    socket.setTimeout(PROBE_MS, () => end({ ok: false, reason: 'no answer' }));
    socket.on('error', (error) => end({ ok: false, reason: error.code ?? error.message }));
    socket.on('end', () => end({ ok: false, reason: 'closed the connection' }));
    socket.on('connect', () => greeting && socket.write(greeting));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const answer = read(received);
      if (answer) end(answer);
    });
  });
}

function startupMessage(user) {
  const body = Buffer.from(`user\0${user}\0database\0postgres\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
}

/** A protocol 3.0 start-up message must be answered by an authentication message. `open`: it asks for no password. */
export function probePostgres(host, port) {
  return ask(host, port, startupMessage('postgres'), (bytes) => {
    if (bytes.length < 9) return null;
    const type = String.fromCharCode(bytes[0]);
    if (type === 'R') return { ok: true, open: bytes.readInt32BE(5) === 0 };
    return { ok: false, reason: type === 'E' ? 'refuses connections' : 'is no PostgreSQL' };
  });
}

/** NATS greets with `INFO {…}`. */
export function probeNats(host, port) {
  return ask(host, port, null, (bytes) => {
    const text = bytes.toString('latin1');
    if (!'INFO {'.startsWith(text.slice(0, 6))) return { ok: false, reason: 'is no NATS server' };
    const end = text.indexOf('\r\n');
    if (end < 0) return null;
    const info = JSON.parse(text.slice(5, end));
    return { ok: true, version: String(info.version), open: info.auth_required !== true };
  });
}

/** So long a service may take to start: a machine that has much else to do needs more than one would think. */
export const PATIENCE_MS = 60_000;

/** What a service that did not start is said to have done: `redis ended while it started`. */
export function notStarted(name, exit, limitMs = PATIENCE_MS) {
  return exit === null ? `${name} did not answer within ${limitMs / 1_000} s` : `${name} ended while it started`;
}

/** Asks every 15 ms until `probe` is content, `isOver` says that waiting is useless, or the patience is over. */
export async function untilReady(probe, isOver, limitMs = PATIENCE_MS) {
  const until = Date.now() + limitMs;
  while (Date.now() < until && !isOver()) {
    const answer = await probe();
    if (answer.ok) return answer;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  return null;
}
