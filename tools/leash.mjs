// A tiny parent that holds a pipe to the supervisor: when the pipe closes, whatever the reason, its child is stopped or the
// given command is run (docker). Used where the kernel offers no death signal.
import { spawn, spawnSync } from 'node:child_process';
import { Socket } from 'node:net';

const KILL_AFTER_MS = 8_000;

/** @type {{ pipe: number, extra: number, signal: string, run?: string[], onClose?: string[], uid?: number, gid?: number, cwd?: string }} */
const order = JSON.parse(process.argv[2]);
let child = null;

function stop() {
  if (order.onClose) {
    spawnSync(order.onClose[0], order.onClose.slice(1), { cwd: order.cwd, stdio: 'ignore' });
    process.exit(0);
  }
  child.kill(order.signal);
  setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref();
}

if (order.run) {
  const passed = Array.from({ length: order.extra }, (_, at) => 3 + at);
  child = spawn(order.run[0], order.run.slice(1), { stdio: ['ignore', 'inherit', 'inherit', ...passed], cwd: order.cwd, uid: order.uid, gid: order.gid });
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(127);
  });
  child.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, 'SIGKILL');
    else process.exit(code ?? 0);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
} else {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
}

const pipe = new Socket({ fd: order.pipe });
pipe.on('error', () => undefined).on('close', stop).resume();
