import { CliRoutableItemsDocument, CliUsersOfServerDocument } from '@usher/api-client';
import type { UsherClient } from '../client.js';
import { CliError } from '../errors.js';
import { nearest } from '../import-file/problem.js';
import { titleOf } from '../output/session-text.js';
import { findServer } from './find-server.js';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** As many as the operation asks for. */
const MANY = 6;

/** An item by its id, or by words that fit one only. */
export async function findItem(client: UsherClient, text: string): Promise<{ itemKey: string }> {
  if (ID.test(text)) return { itemKey: text };
  const { items } = await client.run(CliRoutableItemsDocument, { search: { text } });
  const found = items.edges.map(({ node }) => node);
  const exact = found.filter(({ title }) => title.toLowerCase() === text.toLowerCase());
  const one = exact.length === 1 ? exact[0] : found.length === 1 ? found[0] : undefined;
  if (one) return { itemKey: one.itemKey };
  if (found.length === 0) throw new CliError('NOT_FOUND', `No server has "${text}".`, { next: 'Give other words of the title, or its id.' });
  throw new CliError('VALIDATION_FAILED', `"${text}" fits ${found.length === MANY ? `${MANY} titles or more` : `${found.length} titles`}.`, { why: found.map((item) => `${titleOf({ ...item, seriesTitle: item.parentTitle })}  ${item.itemKey}`), next: 'Give more words, or the id of one.' });
}

/** `attic:ana`: an account by the alias of a server and a name or id there. */
export async function findUser(client: UsherClient, text: string): Promise<string> {
  const cut = text.indexOf(':');
  if (cut < 1 || cut === text.length - 1) throw new CliError('USAGE', `"${text}" must be alias:name, such as attic:ana`);
  const server = await findServer(client, text.slice(0, cut));
  const name = text.slice(cut + 1);
  const { users } = await client.run(CliUsersOfServerDocument, { serverId: server.id });
  const user = users.find((each) => each.vendorId === name) ?? users.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (user) return `${server.id}:${user.vendorId}`;
  const near = nearest(name, users.map((each) => each.name));
  throw new CliError('NOT_FOUND', `There is no user "${name}" on ${server.alias}.`, { next: near ? `Did you mean ${near}?` : `See who is there:  usher servers get ${server.slug}` });
}
