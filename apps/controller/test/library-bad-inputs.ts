import type { ErrorCode } from '@usher/contracts';
import type { Mistake } from './bad-inputs.js';

export interface LibraryWorld {
  /** A server with the library `Movies`, and one with `Films`. */
  readonly sourceId: string;
  readonly targetId: string;
  readonly itemKey: string;
  /** A finished plan, of revision 1. */
  readonly planId: string;
  /** An id of nothing. */
  readonly foreignId: string;
}

export interface LibraryBadInput {
  readonly operation: string;
  readonly mistake: Mistake;
  /** In words, for the page that lists them. */
  readonly given: string;
  readonly variables: (world: LibraryWorld) => Record<string, unknown>;
  readonly as: 'anonymous' | 'viewer' | 'operator';
  readonly code: ErrorCode;
}

type Variables = LibraryBadInput['variables'];

/** How each operation is called; the variables come from the row. */
export const LIBRARY_DOCUMENTS: Readonly<Record<string, string>> = {
  items: 'query ($search: ItemSearch, $first: Int, $after: String) { items(search: $search, first: $first, after: $after) { totalCount } }',
  item: 'query ($itemKey: ID!) { item(itemKey: $itemKey) { title } }',
  libraryOverlap: 'query ($a: ID!, $b: ID!) { libraryOverlap(sourceServerId: $a, targetServerId: $b) { titles } }',
  libraryPlan: 'query ($id: ID!) { libraryPlan(id: $id) { id state } }',
  planLibrary: 'mutation ($input: PlanLibraryInput!) { planLibrary(input: $input) { id } }',
  updatePathMap: 'mutation ($input: UpdatePathMapInput!) { updatePathMap(input: $input) { id rev } }',
};

const planInput = (world: LibraryWorld, change: Record<string, unknown> = {}) => ({
  input: { idempotencyKey: crypto.randomUUID(), sourceServerId: world.sourceId, targetServerId: world.targetId, libraries: [{ sourceVendorId: 'Movies' }], ...change },
});
const mapInput = (world: LibraryWorld, change: Record<string, unknown> = {}) => ({ input: { planId: world.planId, rev: 1, rows: [{ from: '/a', to: '/b' }], ...change } });
const rowInput = (row: Record<string, unknown>): Variables => (world) => mapInput(world, { rows: [row] });

/** Good variables of every operation. */
export const LIBRARY_GOOD: Readonly<Record<string, { needs: 'viewer' | 'operator'; variables: Variables }>> = {
  items: { needs: 'viewer', variables: () => ({ search: { text: 'alien' } }) },
  item: { needs: 'viewer', variables: ({ itemKey }) => ({ itemKey }) },
  libraryOverlap: { needs: 'viewer', variables: ({ sourceId, targetId }) => ({ a: sourceId, b: targetId }) },
  libraryPlan: { needs: 'operator', variables: ({ planId }) => ({ id: planId }) },
  planLibrary: { needs: 'operator', variables: (world) => planInput(world) },
  updatePathMap: { needs: 'operator', variables: (world) => mapInput(world) },
};

type Case = readonly [mistake: Mistake, given: string, variables: Variables, code: ErrorCode];

function rows(operation: string, as: LibraryBadInput['as'], cases: readonly Case[]): LibraryBadInput[] {
  return cases.map(([mistake, given, variables, code]) => ({ operation, mistake, given, variables, as, code }));
}

const wrongRoles: LibraryBadInput[] = Object.entries(LIBRARY_GOOD).flatMap(([operation, { needs, variables }]) => [
  { operation, mistake: 'wrong role', given: 'nobody signed in', variables, as: 'anonymous', code: 'UNAUTHENTICATED' },
  ...(needs === 'operator' ? [{ operation, mistake: 'wrong role', given: 'role viewer', variables, as: 'viewer', code: 'FORBIDDEN' } as const] : []),
]);

/** Every operation on items and prechecks against bad input: each row is a test. */
export const LIBRARY_BAD_INPUTS: readonly LibraryBadInput[] = [
  ...wrongRoles,
  ...rows('items', 'viewer', [
    ['wrong type', 'a word as number of rows', () => ({ first: 'ten' }), 'VALIDATION_FAILED'],
    ['wrong type', 'an unknown type of title', () => ({ search: { types: ['SEASON'] } }), 'VALIDATION_FAILED'],
    ['malformed', 'a page of none', () => ({ first: 0 }), 'VALIDATION_FAILED'],
    ['malformed', 'a cursor that is not ours', () => ({ after: 'nonsense' }), 'VALIDATION_FAILED'],
    ['malformed', 'a server that is none', () => ({ search: { serverIds: ['attic'] } }), 'VALIDATION_FAILED'],
    ['malformed', 'a search of signs only', () => ({ search: { text: "'; --" } }), 'VALIDATION_FAILED'],
    ['oversized', 'a page of 201 rows', () => ({ first: 201 }), 'VALIDATION_FAILED'],
    ['oversized', 'a search of 201 characters', () => ({ search: { text: 'x'.repeat(201) } }), 'VALIDATION_FAILED'],
    ['oversized', '1001 servers', ({ sourceId }) => ({ search: { serverIds: Array.from({ length: 1_001 }, () => sourceId) } }), 'VALIDATION_FAILED'],
  ]),
  ...rows('item', 'viewer', [
    ['missing', 'no key', () => ({}), 'VALIDATION_FAILED'],
    ['malformed', 'a key that is none', () => ({ itemKey: "1' OR 1=1" }), 'VALIDATION_FAILED'],
    ['foreign id', 'a key of nothing', ({ foreignId }) => ({ itemKey: foreignId }), 'NOT_FOUND'],
  ]),
  ...rows('libraryOverlap', 'viewer', [
    ['missing', 'no target', ({ sourceId }) => ({ a: sourceId }), 'VALIDATION_FAILED'],
    ['malformed', 'a server that is none', ({ sourceId }) => ({ a: sourceId, b: 'attic' }), 'VALIDATION_FAILED'],
    ['malformed', 'one server twice', ({ sourceId }) => ({ a: sourceId, b: sourceId }), 'VALIDATION_FAILED'],
    ['foreign id', 'an unknown server', ({ sourceId, foreignId }) => ({ a: sourceId, b: foreignId }), 'NOT_FOUND'],
  ]),
  ...rows('libraryPlan', 'operator', [
    ['missing', 'no id', () => ({}), 'VALIDATION_FAILED'],
    ['malformed', 'an id that is none', () => ({ id: '../plan' }), 'VALIDATION_FAILED'],
    ['foreign id', 'an id of nothing', ({ foreignId }) => ({ id: foreignId }), 'NOT_FOUND'],
  ]),
  ...rows('planLibrary', 'operator', [
    ['missing', 'no idempotency key', (world) => planInput(world, { idempotencyKey: undefined }), 'VALIDATION_FAILED'],
    ['missing', 'an empty idempotency key', (world) => planInput(world, { idempotencyKey: '' }), 'VALIDATION_FAILED'],
    ['missing', 'no libraries', (world) => planInput(world, { libraries: [] }), 'VALIDATION_FAILED'],
    ['wrong type', 'a number as library', (world) => planInput(world, { libraries: [{ sourceVendorId: { id: 1 } }] }), 'VALIDATION_FAILED'],
    ['malformed', 'a server that is none', (world) => planInput(world, { targetServerId: 'attic' }), 'VALIDATION_FAILED'],
    ['malformed', 'one server twice', (world) => planInput(world, { targetServerId: world.sourceId }), 'VALIDATION_FAILED'],
    ['malformed', 'a library twice', (world) => planInput(world, { libraries: [{ sourceVendorId: 'Movies' }, { sourceVendorId: 'Movies' }] }), 'VALIDATION_FAILED'],
    ['malformed', 'a relative folder in the path map', (world) => planInput(world, { pathMap: [{ from: 'films', to: '/b' }] }), 'VALIDATION_FAILED'],
    ['oversized', '51 libraries', (world) => planInput(world, { libraries: Array.from({ length: 51 }, (_, at) => ({ sourceVendorId: `l${at}` })) }), 'VALIDATION_FAILED'],
    ['oversized', 'an idempotency key of 201 characters', (world) => planInput(world, { idempotencyKey: 'x'.repeat(201) }), 'VALIDATION_FAILED'],
    ['foreign id', 'an unknown server', (world) => planInput(world, { sourceServerId: world.foreignId }), 'NOT_FOUND'],
    ['foreign id', 'an unknown library of the source', (world) => planInput(world, { libraries: [{ sourceVendorId: 'Films' }] }), 'NOT_FOUND'],
    ['foreign id', 'an unknown library of the target', (world) => planInput(world, { libraries: [{ sourceVendorId: 'Movies', targetVendorId: 'Movies' }] }), 'NOT_FOUND'],
  ]),
  ...rows('updatePathMap', 'operator', [
    ['missing', 'no rows', (world) => mapInput(world, { rows: undefined }), 'VALIDATION_FAILED'],
    ['missing', 'an empty folder', rowInput({ from: '', to: '/b' }), 'VALIDATION_FAILED'],
    ['wrong type', 'a list as folder', rowInput({ from: ['/a', '/c'], to: '/b' }), 'VALIDATION_FAILED'],
    ['malformed', 'a relative folder', rowInput({ from: '/a', to: 'b' }), 'VALIDATION_FAILED'],
    ['malformed', 'a way up', rowInput({ from: '/a', to: '/b/../../etc' }), 'VALIDATION_FAILED'],
    ['malformed', 'a null character', rowInput({ from: '/a\0', to: '/b' }), 'VALIDATION_FAILED'],
    ['malformed', 'a folder twice', (world) => mapInput(world, { rows: [{ from: '/a', to: '/b' }, { from: '/a/', to: '/c' }] }), 'VALIDATION_FAILED'],
    ['malformed', 'a row into the source of another', (world) => mapInput(world, { rows: [{ from: '/a', to: '/b/x' }, { from: '/b', to: '/c' }] }), 'VALIDATION_FAILED'],
    ['malformed', 'an older revision', (world) => mapInput(world, { rev: 0 }), 'VALIDATION_FAILED'],
    ['oversized', '201 rows', (world) => mapInput(world, { rows: Array.from({ length: 201 }, (_, at) => ({ from: `/a${at}`, to: `/b${at}` })) }), 'VALIDATION_FAILED'],
    ['oversized', 'a folder of 4001 characters', rowInput({ from: `/${'x'.repeat(4_000)}`, to: '/b' }), 'VALIDATION_FAILED'],
    ['foreign id', 'an unknown plan', (world) => mapInput(world, { planId: world.foreignId }), 'NOT_FOUND'],
    ['malformed', 'a plan that is none', (world) => mapInput(world, { planId: 'plan' }), 'VALIDATION_FAILED'],
  ]),
];
