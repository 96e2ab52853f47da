// Facts of some routes of an interface document, in a few words each.

/** Values of a choice are kept while they are few. */
const MAX_CHOICES = 12;

/**
 * `wanted`: `METHOD /template` each. A route's facts are those of the newest document that has it; what other documents
 * say differently stands under `but`, by their version; `in` names the documents that have it, when not all do.
 */
export function distil(documents, wanted) {
  const routes = {};
  const missing = [];
  for (const route of [...wanted].sort()) {
    const known = documents.flatMap(({ version, document }) => {
      const facts = factsOf(document, route);
      return facts ? [{ version, facts }] : [];
    });
    if (known.length === 0) {
      missing.push(route);
      continue;
    }
    const newest = known.at(-1).facts;
    const but = Object.fromEntries(known.slice(0, -1).filter(({ facts }) => JSON.stringify(facts) !== JSON.stringify(newest)).map(({ version, facts }) => [version, facts]));
    routes[route] = { ...newest, ...(known.length < documents.length && { in: known.map(({ version }) => version) }), ...(Object.keys(but).length > 0 && { but: difference(newest, but) }) };
  }
  return { surface: { documents: documents.map(({ version }) => version), routes }, missing };
}

/** Of an older document only the parts that are not the same. */
function difference(newest, but) {
  return Object.fromEntries(Object.entries(but).map(([version, facts]) => [version, Object.fromEntries(['path', 'query', 'body', 'required'].flatMap((part) => (JSON.stringify(facts[part]) === JSON.stringify(newest[part]) ? [] : [[part, facts[part] ?? null]])))]));
}

/** Routes of another host are named with its base path: `/api/v2/resources` (plex.tv). */
function find(document, method, template) {
  for (const [path, item] of Object.entries(document.paths)) {
    const operation = item[method.toLowerCase()];
    const [server] = operation?.servers ?? item.servers ?? [];
    if (operation && `${server?.url.startsWith('https://') ? new URL(server.url).pathname : ''}${path}` === template) return { item, operation };
  }
  return null;
}

function factsOf(document, route) {
  const [method, template] = route.split(' ');
  const found = find(document, method, template);
  if (!found) return null;
  const { item, operation } = found;
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((each) => deref(document, each));
  const of = (place) => Object.fromEntries(parameters.filter((each) => each.in === place).map((each) => [FREE.has(each.name) ? '*' : each.name, typeOf(document, each.schema ?? Object.values(each.content ?? {})[0]?.schema ?? {})]).sort(byName));
  const body = bodyOf(document, operation.requestBody);
  const required = [...parameters.filter((each) => each.in === 'query' && each.required).map(({ name }) => name), ...(body?.required ?? [])];
  const path = of('path');
  const query = of('query');
  return { ...(filled(path) && { path }), ...(filled(query) && { query }), ...(body && { body: body.properties }), ...(required.length > 0 && { required }) };
}

/** A language of its own in place of names (Plex): any name is taken. */
const FREE = new Set(['mediaQuery']);

const filled = (record) => Object.keys(record).length > 0;
const byName = ([one], [other]) => (one < other ? -1 : 1);

/** `properties` is a list of names with their types, or one type for a body that is no object; null = no body is taken. */
function bodyOf(document, requestBody) {
  if (!requestBody) return null;
  const { content } = deref(document, requestBody);
  const media = content['application/json'] ?? Object.values(content)[0];
  const schema = whole(document, media?.schema ?? {});
  if (!schema.properties) return { properties: typeOf(document, schema), required: [] };
  return { properties: Object.fromEntries(Object.entries(schema.properties).map(([name, each]) => [name, typeOf(document, each)]).sort(byName)), required: schema.required ?? [] };
}

function deref(document, node) {
  let found = node;
  while (found?.$ref) found = found.$ref.slice(2).split('/').reduce((at, key) => at[key.replaceAll('~1', '/')], document);
  return found ?? {};
}

/** With `allOf` put together. */
function whole(document, node) {
  const schema = deref(document, node);
  if (!schema.allOf) return schema;
  const parts = schema.allOf.map((part) => whole(document, part));
  const properties = Object.assign({}, ...parts.map((part) => part.properties ?? {}), schema.properties ?? {});
  return { ...Object.assign({}, ...parts), ...(filled(properties) && { properties }) };
}

/** `boolean`, `integer`, `number`, `string`, `uuid`, `date-time`, `list`, `object`, `any`, or the words of a choice: `a|b`. */
function typeOf(document, node) {
  const schema = whole(document, node);
  const choices = (schema.enum ?? []).filter((each) => each !== null);
  if (choices.length > 0 && choices.length <= MAX_CHOICES && choices.every((each) => /^[\w.-]+$/.test(String(each)))) return choices.join('|');
  const type = Array.isArray(schema.type) ? schema.type.find((each) => each !== 'null') : schema.type;
  if (type === 'array') return 'list';
  if (type === 'string') return ['uuid', 'date-time'].includes(schema.format) ? schema.format : 'string';
  return ['boolean', 'integer', 'number', 'object'].includes(type) ? type : 'any';
}
