import type { BenchServer } from './fleet.js';

/** Longer than a poll, so that each state is met. */
const FLAP_MS = 12_000;
const RETRY_AFTER_S = 20;

export interface Trouble {
  readonly servers: readonly BenchServer[];
  stop(): Promise<void>;
}

/** One server of each vendor, of a fleet that has others of it. */
export function troubled(servers: readonly BenchServer[]): { readonly hung: BenchServer; readonly flapping: BenchServer; readonly limited: BenchServer } | null {
  const first = (prefix: string) => servers.find(({ lane }) => lane.startsWith(prefix));
  const [hung, flapping, limited] = [first('jellyfin'), first('plex'), first('emby')];
  return hung && flapping && limited && servers.length > 3 ? { hung, flapping, limited } : null;
}

/** One server hangs, one comes and goes, one answers 429 to everything. */
export async function makeTrouble({ hung, flapping, limited }: NonNullable<ReturnType<typeof troubled>>): Promise<Trouble> {
  await hung.simulator.control.setFault({ kind: 'hang' });
  await limited.simulator.control.setFault({ kind: 'rate-limit', retryAfterS: RETRY_AFTER_S });
  let isDown = false;
  const flap = async () => {
    isDown = !isDown;
    if (isDown) await flapping.simulator.control.setFault({ kind: 'refuse' });
    else await flapping.simulator.control.clearFault();
  };
  let flapped = flap();
  const timer = setInterval(() => (flapped = flapped.then(flap)), FLAP_MS);
  const servers = [hung, flapping, limited];
  return {
    servers,
    stop: async () => {
      clearInterval(timer);
      await flapped;
      for (const { simulator } of servers) await simulator.control.clearFault();
    },
  };
}
