import { describe, expect, it } from '@jest/globals';
import { migrationFileJsonSchema, parseMigrationFile } from './migration-file.js';

const whole = `apiVersion: usher/v1
kind: MigrationPlan
source: cabin
target: attic
users:
  select: [ana, ben, cleo]
  map: [{ from: ana, to: ana_m }, { from: ben, create: true }]
  fields: [played, position]
libraries:
  map: { Movies: Films, Kids: null }
  paths: { /srv/films: /data/movies }
policy: { overwrite: mirror, minTier: D, approvals: 2 }
`;

describe('a file of kind MigrationPlan', () => {
  it('is read with everything that it says', () => {
    expect(parseMigrationFile('a.yaml', whole)).toMatchObject({
      plan: { source: 'cabin', users: { select: ['ana', 'ben', 'cleo'], map: [{ from: 'ana', to: 'ana_m' }, { from: 'ben', create: true }] }, libraries: { map: { Movies: 'Films', Kids: null } }, policy: { minTier: 'D' } },
    });
  });

  it('may be short, and JSON', () => {
    expect(parseMigrationFile('a.json', '{"source":"a","target":"b","users":{"select":"all"}}')).toMatchObject({ plan: { users: { select: 'all', map: [] }, libraries: { map: {}, paths: {} } } });
  });

  it.each([
    ['an unknown key', whole.replace('target: attic', 'tagret: attic'), [{ path: 'target', line: 1 }, { path: 'tagret', line: 4 }]],
    ['two decisions for one user', whole.replace('to: ana_m', 'to: ana_m, skip: true'), [{ path: 'users.map.0', line: 7 }]],
    ['a field that does not exist', whole.replace('[played, position]', '[watched]'), [{ path: 'users.fields.0', line: 8 }]],
    ['a wrong type', whole.replace('minTier: D', 'minTier: 4'), [{ path: 'policy.minTier', line: 12 }]],
    ['a tag', whole.replace('source: cabin', 'source: !!js/function "f"'), [{ line: 3 }]],
    ['no YAML at all', 'source: [', [{ line: 1 }]],
    ['nothing', '', [{ line: 1 }]],
  ])('is refused for %s, with the place', (_, text, problems) => {
    const parsed = parseMigrationFile('a.yaml', text);
    expect('problems' in parsed && parsed.problems).toEqual(expect.arrayContaining(problems.map((problem) => expect.objectContaining({ file: 'a.yaml', ...problem }))));
  });

  it('has a schema for editors', () => {
    expect(migrationFileJsonSchema()).toMatchObject({ type: 'object', required: expect.arrayContaining(['source', 'target', 'users']) });
  });
});
