// `npm run surface -- DIR`: distils the vendors' own interface documents (DIR/jellyfin/spec/*.json, DIR/emby/spec/*.json,
// DIR/plex/spec/*.yaml) into the facts that requests of the adapters are checked against: libs/media-server/src/openapi/.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { distil } from './surface/distil.mjs';

const ROOM = join(import.meta.dirname, '..', 'libs', 'media-server', 'src', 'openapi');
const from = process.argv[2];

if (from === undefined) {
  process.stderr.write('error: name the folder that holds jellyfin/spec, emby/spec and plex/spec\n  next  npm run surface -- DIR\n');
  process.exitCode = 2;
} else {
  const wanted = JSON.parse(readFileSync(join(ROOM, 'routes.json'), 'utf8'));
  for (const vendor of ['jellyfin', 'emby', 'plex']) {
    const documents = documentsOf(join(resolve(process.env.INIT_CWD ?? process.cwd(), from), vendor, 'spec'));
    const { surface, missing } = distil(documents, wanted[vendor]);
    writeFileSync(join(ROOM, `${vendor}.surface.json`), print(surface));
    process.stdout.write(`${vendor}: ${Object.keys(surface.routes).length} routes of ${surface.documents.join(', ')}\n`);
    for (const route of missing) {
      process.stdout.write(`  in no document: ${route}\n`);
      process.exitCode = 1;
    }
  }
}

/** Oldest first. Names end in the version of the document, `vendor-openapi-4.9.1.90.json`. */
function documentsOf(dir) {
  return readdirSync(dir)
    .filter((name) => /-openapi-.*\.(json|yaml)$/.test(name) && !/-beta|-dereferenced/.test(name))
    .map((name) => ({ version: /-openapi-([\d.]+)\.(json|yaml)$/.exec(name)[1], document: parse(readFileSync(join(dir, name), 'utf8'), { maxAliasCount: -1 }) }))
    .sort((one, other) => one.version.localeCompare(other.version, 'en', { numeric: true }));
}

/** One route a line. */
function print({ documents, routes }) {
  const lines = Object.entries(routes).map(([route, facts]) => `    ${JSON.stringify(route)}: ${JSON.stringify(facts)}`);
  return `{\n  "documents": ${JSON.stringify(documents)},\n  "routes": {\n${lines.join(',\n')}\n  }\n}\n`;
}
