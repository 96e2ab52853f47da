import { CliIdentitiesDocument, type CliIdentitiesQuery, type CliIdentityFieldsFragment } from '@usher/api-client';
import type { UsherClient } from '../client.js';
import { CliError } from '../errors.js';

export type Identity = CliIdentityFieldsFragment;

export async function allIdentities(client: UsherClient, search: string | null): Promise<Identity[]> {
  const rows: Identity[] = [];
  for (let after: string | null = null, first = true; first || after !== null; first = false) {
    const { identities: page }: CliIdentitiesQuery = await client.run(CliIdentitiesDocument, { search, first: 100, after });
    rows.push(...page.edges.map(({ node }) => node));
    after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  }
  return rows;
}

/** By id, the last six or more characters of it, or the name. */
export async function identityOf(client: UsherClient, text: string): Promise<Identity> {
  const wanted = text.toLowerCase();
  const found = (await allIdentities(client, null)).filter((row) => row.id === wanted || (wanted.length >= 6 && row.id.endsWith(wanted)) || row.displayName.toLowerCase() === wanted);
  if (found.length === 1) return found[0]!;
  const next = 'See who there is:  usher users identities';
  throw found.length === 0 ? new CliError('NOT_FOUND', `There is no person "${text}".`, { next }) : new CliError('VALIDATION_FAILED', `"${text}" fits ${found.length} people; give the id.`, { next });
}
