// What the operating system says about processes: needed to tell a live lock from a stale one.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command stands in parentheses and may hold spaces and parentheses itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { command: text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')), state: fields[0], parent: Number(fields[1]), start: fields[19] };
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
    throw error;
  }
}

function ps(pid, column) {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || null;
  } catch (error) {
    if (error.status !== undefined || error.code === 'ENOENT') return null;
    throw error;
  }
}

/** When the process began, in the system's own words; null when there is no such (living) process. */
export function startTimeOf(pid) {
  if (process.platform !== 'linux') return ps(pid, 'lstart');
  const stat = statOf(pid);
  return stat === null || stat.state === 'Z' ? null : stat.start;
}

/** @returns {{ pid: number, isShell: boolean } | null} the parent of a process */
export function parentOf(pid) {
  const parent = process.platform === 'linux' ? statOf(pid)?.parent : Number(ps(pid, 'ppid'));
  if (!parent) return null;
  const command = process.platform === 'linux' ? statOf(parent)?.command : ps(parent, 'comm');
  return { pid: parent, isShell: /(^|\/)-?(sh|dash|bash|ash|zsh|busybox)$/.test(command ?? '') };
}

/** Changes with every boot of the machine: a lock of an earlier boot is stale. */
export function bootId() {
  if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `up-since-${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return startTimeOf(pid) !== null;
  } catch (error) {
    if (error.code === 'EPERM') return true;
    if (error.code === 'ESRCH') return false;
    throw error;
  }
}
