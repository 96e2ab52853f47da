/** Longer waits are told to the person instead. */
const MOST_WAIT_MS = 2_000;
const TRIES = 4;

interface Refusal {
  readonly errors?: readonly { readonly extensions?: { readonly code?: string; readonly details?: { readonly retryAfterMs?: number } } }[];
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Fragments may stand before the operation. */
function isQuestion(body: unknown): boolean {
  return typeof body === 'string' && !/(^|\n)\s*mutation\b/.test(String((JSON.parse(body) as { query?: unknown }).query));
}

/** Milliseconds after which the same question may be asked again; null when it was answered, or is refused for longer. */
async function pauseOf(response: Response): Promise<number | null> {
  if (response.status !== 429) return null;
  const refusal = (await response.clone().json().catch(() => ({}))) as Refusal;
  const ms = refusal.errors?.[0]?.extensions?.details?.retryAfterMs;
  return typeof ms === 'number' && ms <= MOST_WAIT_MS ? ms : null;
}

/** A page that opens asks several things at once. A question that came too early for the controller is asked again after the time it names; orders never are. */
export function patientFetch(send: typeof fetch = (...args) => fetch(...args), pause = wait): typeof fetch {
  return async (input, init) => {
    for (let tried = 1; ; tried++) {
      const response = await send(input, init);
      const ms = tried < TRIES && isQuestion(init?.body) ? await pauseOf(response) : null;
      if (ms === null) return response;
      await pause(ms);
    }
  };
}
