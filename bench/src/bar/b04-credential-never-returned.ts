// B04: no output type can carry a credential (walk over the types); a superadmin who asks for every field gets no mark.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually, repositoryRoot, type SimulatorControl } from '@usher/testing';
import { buildSchema, getNamedType, isEnumType, isObjectType, isScalarType, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { runBar, type Bar } from '../support/bar.js';
import { hitsOf } from '../support/marks.js';
import { inWorld, type World } from '../support/world.js';

const SECRET_NAME = /token|secret|password|apikey|credential|pem$/i;
/** The fields with such a name that carry no secret of a media server, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  'SignInResult.token': "the operator's own new sign-in, on request",
  'Server.credential': 'StoredCredential: fingerprint, time and revision only',
};
const STORED_FIELDS = ['addedAt', 'fingerprint', 'rev'];

function outputTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  const found = new Set<GraphQLObjectType>();
  const visit = (type: GraphQLObjectType): void => {
    if (found.has(type)) return;
    found.add(type);
    for (const field of Object.values(type.getFields())) {
      const inner = getNamedType(field.type);
      if (isObjectType(inner)) visit(inner);
    }
  };
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) if (root) visit(root);
  return [...found];
}

/** All fields below a type, as deep as `depth`. */
function selectionOf(type: GraphQLObjectType, depth: number): string {
  const parts = Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    if (field.args.some(({ type: arg, defaultValue }) => String(arg).endsWith('!') && defaultValue === undefined)) return [];
    if (isScalarType(inner) || isEnumType(inner)) return [field.name];
    if (!isObjectType(inner) || depth === 0) return [];
    const below = selectionOf(inner, depth - 1);
    return below === '' ? [] : [`${field.name} { ${below} }`];
  });
  return parts.join(' ');
}

/** Every query field with everything below it, the answers of what changes a server, and both subscriptions. */
async function askEverything(bar: Bar, schema: GraphQLSchema): Promise<void> {
  await inWorld(async (world) => {
    const { operator } = world;
    const servers = [await world.register('jellyfin', 'Attic'), await world.register('emby', 'Basement'), await world.register('plex', 'Studio')];
    const marks = servers.map(({ simulator }) => simulator.adminKey);
    for (const { simulator } of servers) simulator.control.startPlayback();
    const id = servers[0]!.id;
    const texts: string[] = [];
    const refused: string[] = [];
    const ask = async (name: string, query: string, variables: object = {}): Promise<void> => {
      const answer = await operator.send(query, variables);
      texts.push(answer.text);
      if (answer.data === null) refused.push(`${name} ${answer.code}`);
      await new Promise((resolve) => setTimeout(resolve, 60)); // below the rate of one sign-in
    };
    for (const [name, field] of Object.entries(schema.getQueryType()!.getFields())) {
      const args = field.args.some(({ name: arg }) => arg === 'serverId') ? `(serverId: "${id}")` : name === 'server' ? `(id: "${id}")` : '';
      const type = getNamedType(field.type);
      await ask(name, `{ ${name}${args} ${isObjectType(type) ? `{ ${selectionOf(type, 3)} }` : ''} }`);
    }
    const server = selectionOf(getNamedType(schema.getType('Server')!) as GraphQLObjectType, 2);
    const test = selectionOf(getNamedType(schema.getType('ServerConnectionTest')!) as GraphQLObjectType, 1);
    await ask('testServerConnection', `mutation ($input: TestServerConnectionInput!) { testServerConnection(input: $input) { ${test} } }`, { input: { serverId: id } });
    await ask('updateServer', `mutation ($input: UpdateServerInput!) { updateServer(input: $input) { ${server} } }`, { input: { id, token: marks[0] } });
    await ask('refreshServer', `mutation { refreshServer(id: "${id}") { ${server} } }`);
    const row = selectionOf(getNamedType(schema.getType('ImportServersResult')!) as GraphQLObjectType, 3);
    const rows = servers.map(({ alias, simulator }) => ({ alias, url: simulator.url, token: simulator.adminKey }));
    for (const dryRun of [true, false]) await ask('importServers', `mutation ($input: ImportServersInput!) { importServers(input: $input) { ${row} } }`, { input: { idempotencyKey: crypto.randomUUID(), rows, dryRun } });
    texts.push(...(await listen(world, schema, servers[1]!.simulator.control)));
    bar.equal('answers.refused', refused.join(', '), '');
    bar.check('answers.with-a-mark', `${texts.filter((text) => hitsOf(text, marks) > 0).length} of ${texts.length}`, 0, texts.every((text) => hitsOf(text, marks) === 0));
  });
}

async function listen({ operator }: World, schema: GraphQLSchema, control: SimulatorControl): Promise<string[]> {
  const client = operator.connect();
  const texts: string[] = [];
  for (const [name, field] of Object.entries(schema.getSubscriptionType()!.getFields())) {
    const query = `subscription { ${name} { ${selectionOf(getNamedType(field.type) as GraphQLObjectType, 3)} } }`;
    client.subscribe({ query }, { next: (data) => texts.push(JSON.stringify(data)), error: (error) => texts.push(JSON.stringify(error)), complete: () => undefined });
  }
  await eventually(() => texts.length >= 1);
  control.startPlayback();
  await eventually(() => texts.length >= 3);
  await client.dispose();
  return texts;
}

await runBar('B04', async (bar) => {
  const schema = buildSchema(await readFile(path.join(repositoryRoot(), 'apps/controller/src/schema.graphql'), 'utf8'));
  const types = outputTypes(schema);
  const fields = types.flatMap((type) => Object.values(type.getFields()).map((field): [string, GraphQLField<unknown, unknown>] => [`${type.name}.${field.name}`, field]));
  const suspects = fields.filter(([name, field]) => SECRET_NAME.test(field.name) && !(name in ALLOWED)).map(([name]) => name);
  bar.equal('output-fields.named-like-a-secret', suspects.join(' '), '');
  const stored = schema.getType('StoredCredential') as GraphQLObjectType;
  bar.equal('stored-credential.fields', Object.keys(stored.getFields()).sort().join(' '), STORED_FIELDS.join(' '));
  await askEverything(bar, schema);
});
