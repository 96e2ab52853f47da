import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readImport, type ImportContent } from './import-file.js';
import { prepareRows } from './import-rows.js';
import { importFileJsonSchema } from './row.schema.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-import-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const noStdin = () => Promise.reject(new Error('not expected'));
function read(name: string, text: string): Promise<ImportContent> {
  writeFileSync(join(folder, name), text);
  return readImport(join(folder, name), noStdin);
}
const environment = { configDir: '', color: undefined, variable: (name: string) => ({ ATTIC_KEY: 'from-env' })[name] };
const prepare = (content: ImportContent, stdin = 'from-stdin\n') => prepareRows(content.rows, environment, () => Promise.resolve(stdin));

describe('accepted forms', () => {
  it('takes exactly the plain row, alone and in an array, as JSON', async () => {
    const row = { serverId: 'ServerB', url: 'https://serverb.example.com', token: 'ABC123', alias: 'Remote Server' };
    for (const text of [JSON.stringify(row), JSON.stringify([row]), JSON.stringify([row], null, 2)]) {
      const content = await read('fleet.json', text);
      expect(content.problems).toEqual([]);
      const { inputs, literalTokens } = await prepare(content);
      expect(inputs).toMatchObject([{ externalKey: 'ServerB', url: row.url, token: 'ABC123', alias: 'Remote Server' }]);
      expect(literalTokens).toBe(1);
    }
  });

  it('takes the full form with defaults, durations and keys from elsewhere', async () => {
    writeFileSync(join(folder, 'cabin.key'), 'from-file\n');
    const content = await read(
      'fleet.yaml',
      `apiVersion: usher/v1
kind: ServerList
defaults: { tags: [home], weight: 2 }
servers:
  - alias: Attic
    url: http://attic.lan:8096
    vendor: jellyfin
    role: primary
    token: { env: ATTIC_KEY }
    poll: { sessions: 10s, libraries: 2h, server: 5m }
  - externalKey: cabin
    url: https://cabin.example
    token: { file: cabin.key }
    tags: [remote]
    tls: { verify: false }
  - { alias: Piped, url: "https://p.example", token: { stdin: true } }
  - { alias: Known, url: "https://k.example", token: { redacted: true } }
`,
    );
    expect(content.problems).toEqual([]);
    const { inputs } = await prepare(content);
    expect(inputs).toMatchObject([
      { alias: 'Attic', kind: 'JELLYFIN', role: 'PRIMARY', token: 'from-env', tags: ['home'], weight: 2, line: 5, poll: { sessionsS: 10, librariesS: 7200, serverS: 300 } },
      { externalKey: 'cabin', token: 'from-file', tags: ['remote'], tls: { verify: false } },
      { alias: 'Piped', token: 'from-stdin' },
      { alias: 'Known', token: undefined },
    ]);
  });

  it('takes CSV with a BOM, a header in any order, lists and guarded cells', async () => {
    const content = await read('fleet.csv', '\ufeffurl,alias,token,tags,readOnly,lat,lon,region\r\nhttps://a.example,"A, B",\'=x,home;4k,true,45.7,4.8,eu\r\nhttps://b.example,B,k2,,,,,\r\n');
    expect(content.problems).toEqual([]);
    const { inputs } = await prepare(content);
    expect(inputs[0]).toMatchObject({ alias: 'A, B', token: '=x', tags: ['home', '4k'], readOnly: true, location: { label: 'eu', lat: 45.7, lon: 4.8 } });
    expect(inputs[1]).toMatchObject({ alias: 'B', tags: undefined, location: undefined });
  });

  it('reads a folder in order of names and standard input', async () => {
    writeFileSync(join(folder, 'b.json'), '[{"alias":"B","url":"https://b.example"}]');
    writeFileSync(join(folder, 'a.yaml'), 'alias: A\nurl: https://a.example\n');
    writeFileSync(join(folder, 'notes.txt'), 'not read');
    expect((await readImport(folder, noStdin)).rows.map(({ row }) => row.alias)).toEqual(['A', 'B']);
    const piped = await readImport('-', () => Promise.resolve('alias,url\nC,https://c.example\n'));
    expect(piped.rows.map(({ row }) => row.alias)).toEqual(['C']);
  });
});

describe('mistakes are all reported, each with its place', () => {
  it('in YAML: wrong address, unknown field, missing address, bad poll', async () => {
    const content = await read(
      'fleet.yaml',
      `servers:
  - alias: Attic
    url: 192.168.1.9:8096
  - alais: Cabin
    url: https://cabin.example
  - alias: Good
    url: https://good.example
  - alias: Slow
    url: https://slow.example
    poll: { sessions: soon }
  - alias: NoUrl
`,
    );
    expect(content.rows.map(({ row }) => row.alias)).toEqual(['Good']);
    expect(content.problems.map(({ line, column, path }) => [line, column, path])).toEqual([
      [3, 10, 'servers[0].url'],
      [4, 12, 'servers[1].alais'],
      [4, 5, 'servers[1].alias'],
      [10, 23, 'servers[3].poll.sessions'],
      [11, 5, 'servers[4].url'],
    ]);
    expect(content.problems[0]!.message).toContain('add http:// or https://');
    expect(content.problems[1]!.message).toContain('did you mean alias?');
  });

  it('in JSON: a syntax error has its line', async () => {
    const content = await read('fleet.json', '[\n  {"alias": "A", "url": "https://a.example"},\n  {"alias": \n]');
    expect(content.rows).toEqual([]);
    expect(content.problems[0]).toMatchObject({ row: null });
    expect(content.problems[0]!.line).toBeGreaterThanOrEqual(3);
  });

  it('in CSV: a short row, an unknown column, both kinds of key', async () => {
    const short = await read('fleet.csv', 'alias,url,token\nA,https://a.example\nB,https://b.example,k\n');
    expect(short.problems).toMatchObject([{ line: 2, message: '2 columns, the header has 3' }]);
    expect(short.rows.map(({ row }) => row.alias)).toEqual(['B']);
    const unknown = await read('fleet.csv', 'alais,url\nA,https://a.example\n');
    expect(unknown.problems[0]).toMatchObject({ line: 1, column: 1, message: 'unknown column "alais"; did you mean alias?' });
    const both = await read('fleet.csv', 'alias,url,token,tokenFile\nA,https://a.example,k,f\n');
    expect(both.problems[0]!.message).toContain('only one of them');
  });

  it('never evaluates a tag and refuses an empty file, a number and duplicate keys', async () => {
    for (const text of ['!!js/function "function(){}"', '', '42', 'alias: A\nalias: B\nurl: https://a.example']) {
      const content = await read('fleet.yaml', text);
      expect(content.rows).toEqual([]);
      expect(content.problems.length).toBeGreaterThan(0);
    }
  });

  it('names a key file that is missing or empty and a variable that is not set; other rows stay', async () => {
    writeFileSync(join(folder, 'empty'), '\n');
    const content = await read(
      'fleet.json',
      JSON.stringify([
        { alias: 'A', url: 'https://a.example', token: { file: 'none' } },
        { alias: 'B', url: 'https://b.example', token: { file: 'empty' } },
        { alias: 'C', url: 'https://c.example', token: { env: 'UNSET' } },
        { alias: 'D', url: 'https://d.example', token: 'k' },
      ]),
    );
    const { inputs, problems } = await prepare(content);
    expect(inputs.map((input) => input.alias)).toEqual(['D']);
    expect(problems.map((problem) => problem.message)).toEqual(['none cannot be read (ENOENT)', 'empty is empty', 'the variable UNSET is not set']);
  });

  it('says that a path does not exist or holds no file', async () => {
    await expect(readImport(join(folder, 'nowhere.yaml'), noStdin)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await expect(readImport(folder, noStdin)).rejects.toThrow('holds no .yaml, .json or .csv file');
  });
});

describe('the JSON Schema for editors', () => {
  it('names the fields of a row', () => {
    expect(JSON.stringify(importFileJsonSchema())).toContain('"externalKey"');
  });
});
