import { execFile } from 'node:child_process';

/** What a program wrote, or why that is not known: it is not installed, or it failed, took too long or wrote too much. */
export type Ran = { readonly stdout: string } | { readonly problem: 'missing' | 'failed' };

/** Runs a program without a shell. One that never ends by itself is asked to stop after `stopAfterMs`, and what it wrote until then counts. */
export type RunProgram = (program: string, args: readonly string[], stopAfterMs?: number) => Promise<Ran>;

const MAX_OUTPUT_BYTES = 1_024 * 1_024;

/** No program runs longer than `patienceMs`. */
export function programs(patienceMs: number): RunProgram {
  return (program, args, stopAfterMs) =>
    new Promise((resolve) => {
      let isStopped = false;
      const child = execFile(program, [...args], { timeout: patienceMs, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true }, (error, stdout) => {
        clearTimeout(timer);
        if (!error || (isStopped && error.signal !== 'SIGKILL' && error.code !== 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')) resolve({ stdout });
        else resolve({ problem: error.code === 'ENOENT' ? 'missing' : 'failed' });
      });
      const stop = () => {
        isStopped = child.kill('SIGINT');
      };
      const timer = stopAfterMs === undefined ? undefined : setTimeout(stop, stopAfterMs);
    });
}
