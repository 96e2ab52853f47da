import { parentOf } from './processes.mjs';

const PERIOD_MS = 1_000;

/**
 * Notices that whoever started us is gone: our parent, or npm above the shell that npm puts between.
 * @param {() => void} onGone
 */
export function watchParents(onGone, env = process.env) {
  const parent = process.ppid;
  const shell = env.npm_lifecycle_event !== undefined && parentOf(process.pid)?.isShell === true;
  const grandparent = shell ? parentOf(parent)?.pid : undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent && (!shell || parentOf(parent)?.pid === grandparent)) return;
    clearInterval(timer);
    onGone();
  }, PERIOD_MS);
  timer.unref();
}
