import type { ErrorCode } from '@usher/contracts';
import type { Mistake } from './bad-inputs.js';

export interface IdentityWorld {
  /** Jellyfin with ana, ben and boss (an administrator); Plex with ana; Emby with ana and anna. */
  readonly jellyfin: string;
  readonly plex: string;
  readonly emby: string;
  /** Of ana on Jellyfin with a verified address, and of ben there. */
  readonly anaId: string;
  readonly benId: string;
  /** An id of nothing. */
  readonly foreignId: string;
}

export interface IdentityBadInput {
  readonly operation: string;
  readonly mistake: Mistake;
  /** In words, for the page that lists them. */
  readonly given: string;
  readonly variables: (world: IdentityWorld) => Record<string, unknown>;
  readonly as: 'anonymous' | 'viewer' | 'operator' | 'superadmin';
  readonly code: ErrorCode;
}

type Variables = IdentityBadInput['variables'];

/** How each operation is called; the variables come from the row. */
export const IDENTITY_DOCUMENTS: Readonly<Record<string, string>> = {
  identities: 'query ($search: String, $first: Int, $after: String) { identities(search: $search, first: $first, after: $after) { totalCount } }',
  identity: 'query ($id: ID!) { identity(id: $id) { id } }',
  identitySuggestions: '{ identitySuggestions { key } }',
  linkUsers: 'mutation ($input: LinkUsersInput!) { linkUsers(input: $input) { id } }',
  unlinkUser: 'mutation ($input: AccountInput!) { unlinkUser(input: $input) }',
  refuseIdentitySuggestion: 'mutation ($key: ID!) { refuseIdentitySuggestion(key: $key) }',
  mergeIdentities: 'mutation ($input: MergeIdentitiesInput!) { mergeIdentities(input: $input) { id } }',
  undoIdentityMerge: 'mutation ($id: ID!) { undoIdentityMerge(id: $id) { id } }',
  addIdentityEmail: 'mutation ($input: IdentityEmailInput!) { addIdentityEmail(input: $input) { id } }',
  removeIdentityEmail: 'mutation ($input: IdentityEmailInput!) { removeIdentityEmail(input: $input) { id } }',
  attestEmail: 'mutation ($input: AttestEmailInput!) { attestEmail(input: $input) { id } }',
  importIdentityEmails: 'mutation ($input: ImportIdentityEmailsInput!) { importIdentityEmails(input: $input) { added refused } }',
};

const CSV = 'server,user,email\nattic,ben,ben@okafor.example\n';
const account = (serverId: string, userVendorId: string) => ({ serverId, userVendorId });
const toLink = (world: IdentityWorld, given: object = {}) => ({ input: { accounts: [account(world.emby, 'ana')], ...given } });
const toMerge = ({ anaId, benId }: IdentityWorld, given: object = {}) => ({ input: { fromId: benId, intoId: anaId, allowSameServer: true, ...given } });
const toAttest = ({ benId }: IdentityWorld, given: object = {}) => ({ input: { identityId: benId, email: 'ben@okafor.example', reason: 'He told me', ...given } });
const toImport = (given: object = {}) => ({ input: { idempotencyKey: 'k', csv: CSV, dryRun: true, ...given } });

/** Good variables; the mutations would change something. */
export const IDENTITY_GOOD: Readonly<Record<string, { needs: 'operator' | 'superadmin'; variables: Variables }>> = {
  identities: { needs: 'operator', variables: () => ({ first: 10 }) },
  identity: { needs: 'operator', variables: ({ anaId }) => ({ id: anaId }) },
  identitySuggestions: { needs: 'operator', variables: () => ({}) },
  linkUsers: { needs: 'operator', variables: toLink },
  unlinkUser: { needs: 'operator', variables: ({ jellyfin }) => ({ input: account(jellyfin, 'ana') }) },
  refuseIdentitySuggestion: { needs: 'operator', variables: ({ jellyfin, emby }) => ({ key: [`${jellyfin}:ana`, `${emby}:ana`].sort().join('|') }) },
  mergeIdentities: { needs: 'operator', variables: toMerge },
  undoIdentityMerge: { needs: 'operator', variables: ({ foreignId }) => ({ id: foreignId }) },
  addIdentityEmail: { needs: 'operator', variables: ({ benId }) => ({ input: { identityId: benId, email: 'ben@okafor.example' } }) },
  removeIdentityEmail: { needs: 'operator', variables: ({ anaId }) => ({ input: { identityId: anaId, email: 'ana@martin.example' } }) },
  attestEmail: { needs: 'superadmin', variables: toAttest },
  importIdentityEmails: { needs: 'operator', variables: () => toImport() },
};

type Case = readonly [mistake: Mistake, given: string, variables: Variables, code: ErrorCode];

function rows(operation: string, cases: readonly Case[], as: IdentityBadInput['as'] = 'superadmin'): IdentityBadInput[] {
  return cases.map(([mistake, given, variables, code]) => ({ operation, mistake, given, variables, as, code }));
}

const wrongRoles = Object.entries(IDENTITY_GOOD).flatMap(([operation, { needs, variables }]) => [
  ...rows(operation, [['wrong role', 'nobody signed in', variables, 'UNAUTHENTICATED']], 'anonymous'),
  ...rows(operation, [['wrong role', 'role viewer', variables, 'FORBIDDEN']], 'viewer'),
  ...(needs === 'superadmin' ? rows(operation, [['wrong role', 'role operator', variables, 'FORBIDDEN']], 'operator') : []),
]);

function onId(operation: string, make: (id: unknown, world: IdentityWorld) => Record<string, unknown>): IdentityBadInput[] {
  return rows(operation, [
    ['missing', 'no id', (world) => make(undefined, world), 'VALIDATION_FAILED'],
    ['malformed', 'an id that is none', (world) => make("1' OR 1=1", world), 'VALIDATION_FAILED'],
    ['foreign id', 'an id of nothing', (world) => make(world.foreignId, world), 'NOT_FOUND'],
  ]);
}

function onEmail(operation: string, make: (email: unknown, world: IdentityWorld) => Record<string, unknown>): IdentityBadInput[] {
  return rows(operation, [
    ['missing', 'no address', (world) => make(undefined, world), 'VALIDATION_FAILED'],
    ['malformed', 'an address without a dot', (world) => make('leo@brandt', world), 'VALIDATION_FAILED'],
    ['oversized', 'an address of 10 kB', (world) => make(`${'x'.repeat(10_000)}@brandt.example`, world), 'VALIDATION_FAILED'],
    ['malformed', 'an address with a line break', (world) => make('leo\n@brandt.example', world), 'VALIDATION_FAILED'],
    ['wrong type', 'a number as address', (world) => make(5, world), 'VALIDATION_FAILED'],
  ]);
}

/** Every operation on people against bad input: each row is a test. */
export const IDENTITY_BAD_INPUTS: readonly IdentityBadInput[] = [
  ...wrongRoles,
  ...onId('identity', (id) => ({ id })),
  ...onId('undoIdentityMerge', (id) => ({ id })),
  ...onId('mergeIdentities', (fromId, world) => toMerge(world, { fromId })),
  ...onId('mergeIdentities', (intoId, world) => toMerge(world, { intoId })),
  ...onId('addIdentityEmail', (identityId) => ({ input: { identityId, email: 'a@b.example' } })),
  ...onId('removeIdentityEmail', (identityId) => ({ input: { identityId, email: 'a@b.example' } })),
  ...onId('attestEmail', (identityId, world) => toAttest(world, { identityId })),
  ...onId('linkUsers', (serverId, world) => toLink(world, { accounts: [{ serverId, userVendorId: 'ana' }] })),
  ...onEmail('addIdentityEmail', (email, { benId }) => ({ input: { identityId: benId, email } })),
  ...onEmail('attestEmail', (email, world) => toAttest(world, { email })),
  ...rows('identities', [
    ['malformed', 'a page of none', () => ({ first: 0 }), 'VALIDATION_FAILED'],
    ['oversized', 'a page of 101 rows', () => ({ first: 101 }), 'VALIDATION_FAILED'],
    ['malformed', 'a cursor that is not ours', () => ({ after: 'nonsense' }), 'VALIDATION_FAILED'],
    ['oversized', 'a search of 201 characters', () => ({ search: 'x'.repeat(201) }), 'VALIDATION_FAILED'],
  ]),
  ...rows('linkUsers', [
    ['missing', 'no account', (world) => toLink(world, { accounts: [] }), 'VALIDATION_FAILED'],
    ['oversized', '21 accounts', (world) => toLink(world, { accounts: Array.from({ length: 21 }, (_, index) => account(world.emby, `u${index}`)) }), 'VALIDATION_FAILED'],
    ['repeated', 'an account named twice', (world) => toLink(world, { accounts: [account(world.emby, 'ana'), account(world.emby, 'ana')] }), 'VALIDATION_FAILED'],
    ['foreign id', 'an account of nobody', (world) => toLink(world, { accounts: [account(world.emby, 'nobody')] }), 'NOT_FOUND'],
    ['foreign id', 'a person of nothing', (world) => toLink(world, { identityId: world.foreignId }), 'NOT_FOUND'],
    ['malformed', 'an empty name', (world) => toLink(world, { displayName: '  ' }), 'VALIDATION_FAILED'],
    ['oversized', 'a name of 201 characters', (world) => toLink(world, { displayName: 'x'.repeat(201) }), 'VALIDATION_FAILED'],
    ['malformed', 'accounts of two people', ({ jellyfin }) => ({ input: { accounts: [account(jellyfin, 'ana'), account(jellyfin, 'ben')], allowSameServer: true } }), 'IDENTITY_CONFLICT'],
    ['malformed', 'two accounts of one server without saying so', ({ emby }) => ({ input: { accounts: [account(emby, 'ana'), account(emby, 'anna')] } }), 'IDENTITY_CONFLICT'],
    ['malformed', 'an address as evidence that is not verified for both', ({ emby, anaId }) => ({ input: { accounts: [account(emby, 'ana')], identityId: anaId, evidence: 'EMAIL' } }), 'EMAIL_UNVERIFIED'],
    ['malformed', 'an address as evidence where there is none', ({ emby, anaId }) => ({ input: { accounts: [account(emby, 'anna')], identityId: anaId, evidence: 'EMAIL' } }), 'IDENTITY_CONFLICT'],
    ['malformed', 'a Plex account as evidence where there is none', ({ emby, anaId }) => ({ input: { accounts: [account(emby, 'anna')], identityId: anaId, evidence: 'PLEX' } }), 'IDENTITY_CONFLICT'],
    ['wrong type', 'an unknown evidence', (world) => toLink(world, { evidence: 'FEELING' }), 'VALIDATION_FAILED'],
  ]),
  ...rows('unlinkUser', [
    ['malformed', 'a server that is no id', () => ({ input: account('attic', 'ana') }), 'VALIDATION_FAILED'],
    ['missing', 'an empty account', ({ jellyfin }) => ({ input: account(jellyfin, '') }), 'VALIDATION_FAILED'],
    ['oversized', 'an account of 201 characters', ({ jellyfin }) => ({ input: account(jellyfin, 'x'.repeat(201)) }), 'VALIDATION_FAILED'],
  ]),
  ...rows('refuseIdentitySuggestion', [
    ['malformed', 'a key that is none', () => ({ key: 'ana|ana' }), 'VALIDATION_FAILED'],
    ['oversized', 'a key of 1,000 characters', () => ({ key: 'x'.repeat(1_000) }), 'VALIDATION_FAILED'],
    ['foreign id', 'accounts of nobody', ({ foreignId }) => ({ key: `${foreignId}:a|${foreignId}:b` }), 'NOT_FOUND'],
  ]),
  ...rows('mergeIdentities', [
    ['repeated', 'one person twice', ({ anaId }) => ({ input: { fromId: anaId, intoId: anaId } }), 'VALIDATION_FAILED'],
    ['malformed', 'two accounts of one server without saying so', (world) => toMerge(world, { allowSameServer: false }), 'IDENTITY_CONFLICT'],
    ['malformed', 'an address as evidence where there is none', (world) => toMerge(world, { evidence: 'EMAIL' }), 'IDENTITY_CONFLICT'],
    ['oversized', 'a name of 201 characters', (world) => toMerge(world, { displayName: 'x'.repeat(201) }), 'VALIDATION_FAILED'],
  ]),
  ...rows('removeIdentityEmail', [['foreign id', 'an address that nobody has', ({ anaId }) => ({ input: { identityId: anaId, email: 'other@martin.example' } }), 'NOT_FOUND']]),
  ...rows('attestEmail', [
    ['missing', 'a reason of blanks', (world) => toAttest(world, { reason: '    ' }), 'VALIDATION_FAILED'],
    ['oversized', 'a reason of 501 characters', (world) => toAttest(world, { reason: 'x'.repeat(501) }), 'VALIDATION_FAILED'],
    ['repeated', 'an address that is verified for somebody else', (world) => toAttest(world, { email: 'Ana@Martin.example' }), 'IDENTITY_CONFLICT'],
  ]),
  ...rows('importIdentityEmails', [
    ['missing', 'no idempotency key', () => ({ input: { csv: CSV } }), 'VALIDATION_FAILED'],
    ['oversized', 'an idempotency key of 201 characters', () => toImport({ idempotencyKey: 'k'.repeat(201), dryRun: false }), 'VALIDATION_FAILED'],
    ['missing', 'an empty file', () => toImport({ csv: '' }), 'VALIDATION_FAILED'],
    ['malformed', 'an unknown column', () => toImport({ csv: 'server,user,mail\n' }), 'VALIDATION_FAILED'],
    ['malformed', 'a file in another encoding', () => toImport({ csv: 's\0e\0r\0v\0e\0r\0' }), 'VALIDATION_FAILED'],
    ['oversized', 'a file of 200,001 characters', () => toImport({ csv: 'x'.repeat(200_001) }), 'VALIDATION_FAILED'],
    ['wrong type', 'a list as file', () => toImport({ csv: ['a', 'b'] }), 'VALIDATION_FAILED'],
  ]),
];
