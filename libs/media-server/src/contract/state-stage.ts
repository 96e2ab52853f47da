import type { MediaUser, WatchState } from '@usher/contracts';
import type { Reply, Simulator } from '@usher/testing';
import type { MediaServer } from '../media-server.js';
import { benchOf } from './simulator-bench.js';

const closing: (() => Promise<void>)[] = [];

/** To be called after each test. */
export async function closeStages(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

export function closeLater(close: () => Promise<void>): void {
  closing.push(close);
}

/** A simulator with its adapter and one person on it. */
export interface Stage {
  readonly simulator: Simulator;
  readonly server: MediaServer;
  readonly person: MediaUser;
  readonly itemId: (title: string) => Promise<string>;
  read(title: string): Promise<WatchState>;
  write(title: string, change: Partial<WatchState>): Promise<WatchState>;
}

export async function stage(simulator: Simulator, name = 'Nell'): Promise<Stage> {
  const { server } = benchOf(simulator);
  closing.push(() => simulator.close(), () => server.close());
  await server.probe();
  const person = (await server.users.list()).find((user) => user.name === name)!;
  const ids = new Map<string, string>();
  for (const library of await server.libraries.list()) {
    for (const { title, vendorId } of (await server.libraries.items(library.vendorId, { start: 0, limit: 500 }, { withFiles: false })).items) if (!ids.has(title)) ids.set(title, vendorId);
  }
  const itemId = async (title: string): Promise<string> => ids.get(title)!;
  const read = async (title: string) => (await server.watchStates.read(person.vendorId, [ids.get(title)!]))[0]!;
  const write = async (title: string, change: Partial<WatchState>) => {
    const before = await read(title);
    await server.watchStates.set(person.vendorId, { ...before, ...change }, before);
    return await read(title);
  };
  return { simulator, server, person, itemId, read, write };
}

/** Changes the rows of a listing on their way. */
export const editRows = (edit: (rows: Record<string, unknown>[]) => void) => (answer: Reply): Reply => {
  const body = JSON.parse(answer.body) as { Items: Record<string, unknown>[] };
  edit(body.Items);
  return { ...answer, body: JSON.stringify(body) };
};
