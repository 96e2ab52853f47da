/** A source of numbers below 1 that repeats itself for a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Larger than the transcode history that real servers were seen to send with every session (88 KB). */
const OVERSIZED = Array.from({ length: 3_000 }, (_, at) => `oversized transcode history ${at}`);

const VALUES: readonly ((before: unknown) => unknown)[] = [
  () => null,
  () => 'Something new',
  () => '',
  () => -1,
  () => 1e308,
  () => Number.MAX_SAFE_INTEGER,
  () => 0.5,
  () => true,
  () => [],
  () => ({}),
  () => [[{ a: [null, { b: [] }] }], 7, 'x'],
  () => ({ toString: 1, constructor: {}, length: 1e9 }),
  () => '0001-01-01T00:00:00.0000000Z',
  () => '9'.repeat(40),
  () => 'x'.repeat(20_000),
  () => [...OVERSIZED],
  () => '\u0000\ud800<script>&"',
  (before) => (typeof before === 'number' ? String(before) : typeof before === 'string' ? Number.parseInt(before, 10) || 0 : before),
  (before) => [before, before],
  (before) => ({ value: before }),
];

const TEXTS: readonly ((body: string, at: number) => string)[] = [
  () => '',
  () => '   \n',
  () => '<!DOCTYPE html><html><body>Router login</body></html>',
  () => '<?xml version="1.0"?><MediaContainer size="1"><Video ratingKey="1" title="x',
  () => `${'<MediaContainer>'.repeat(200)}`,
  (body, at) => body.slice(0, Math.floor(body.length * at)),
  (body) => `${body}${body}`,
  () => `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  () => 'null',
  () => '"Jellyfin Server"',
  () => '7',
  () => '[]',
  () => '{}',
  () => '{"Items":[{}],"TotalRecordCount":1e9,"MediaContainer":{"size":1e9,"Metadata":[{}]}}',
];

/** One answer, damaged in one to four places; now and then it is another text altogether. */
export function mutate(body: string, random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  if (body === '' || random() < 0.12) return pick(TEXTS)(body, random());
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return body.slice(0, Math.floor(body.length * random()));
  }
  for (let turn = Math.ceil(random() * 4); turn > 0; turn--) answer = damaged(answer, random, pick);
  return JSON.stringify(answer) ?? '';
}

/** Walks down to a random place and drops, replaces or doubles what is there. */
function damaged(root: unknown, random: () => number, pick: <T>(list: readonly T[]) => T): unknown {
  let node = root;
  for (let depth = 0; depth < 12; depth++) {
    if (node === null || typeof node !== 'object') return root;
    const holder = node as Record<string, unknown>;
    const keys = Object.keys(holder);
    if (keys.length === 0) return root;
    const key = pick(keys);
    const isDeeper = holder[key] !== null && typeof holder[key] === 'object' && random() < 0.85;
    if (isDeeper) {
      node = holder[key];
      continue;
    }
    if (random() < 0.25 && !Array.isArray(holder)) delete holder[key];
    else holder[key] = pick(VALUES)(holder[key]);
    return root;
  }
  return root;
}
