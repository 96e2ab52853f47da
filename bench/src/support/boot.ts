import type { World } from './world.js';

export interface BootFailure {
  readonly exited: boolean;
  readonly text: string;
  readonly ms: number;
}

/** Starts the stopped service, which is expected to refuse. */
export async function bootFailure(world: World): Promise<BootFailure> {
  const before = world.log.length;
  const startedAt = performance.now();
  try {
    await world.stack.startService(world.stack.controllerService);
  } catch {
    // it exited, as it should: what it wrote says why
    return { exited: true, text: world.log.slice(before).trim(), ms: performance.now() - startedAt };
  }
  const ms = performance.now() - startedAt;
  await world.stack.kill(world.stack.controllerService);
  return { exited: false, text: 'it started', ms };
}
