import { describe, expect, it } from '@jest/globals';
import { MOST_ROWS, parseCsv, parseImport } from './import-file.js';

describe('parseImport, JSON', () => {
  it('reads the plain shape', () => {
    const { rows, mistakes } = parseImport('{"serverId":"a1","url":"https://a.example","token":"k","alias":"Attic"}');
    expect(mistakes).toEqual([]);
    expect(rows).toEqual([{ line: 1, externalKey: 'a1', url: 'https://a.example', token: 'k', alias: 'Attic' }]);
  });

  it('reads a list and an object with a list, with kinds and tags', () => {
    const list = '[{"url":"http://a","vendor":"plex","tags":["home"],"readOnly":true}]';
    expect(parseImport(list).rows[0]).toMatchObject({ kind: 'PLEX', tags: ['home'], readOnly: true });
    expect(parseImport(`{"servers":${list}}`).rows).toHaveLength(1);
  });

  it.each([
    ['[{"token":"k"}]', 'The address (url) is missing.'],
    ['[{"url":"http://a","colour":"red"}]', 'There is no field “colour”.'],
    ['[{"url":"http://a","kind":"kodi"}]', 'kind is one of emby, jellyfin, plex.'],
    ['[{"url":"http://a","readOnly":"maybe"}]', 'readOnly is true or false.'],
    ['[1]', 'Each server has to be an object with at least a url.'],
    ['', 'There is nothing to import.'],
  ])('%s is refused: %s', (text, message) => {
    const { rows, mistakes } = parseImport(text);
    expect(rows).toEqual([]);
    expect(mistakes.map((mistake) => mistake.message)).toEqual([message]);
  });

  it('says that JSON is broken, without a row', () => {
    expect(parseImport('[{').mistakes[0]).toMatchObject({ line: null, message: expect.stringContaining('no valid JSON') });
  });

  it('keeps the good rows beside a bad one', () => {
    const { rows, mistakes } = parseImport('[{"url":"http://a"},{"alias":"b"}]');
    expect(rows).toHaveLength(1);
    expect(mistakes).toEqual([{ line: 2, message: 'The address (url) is missing.' }]);
  });

  it('refuses more rows than one import takes', () => {
    const many = JSON.stringify(Array.from({ length: MOST_ROWS + 1 }, () => ({ url: 'http://a' })));
    expect(parseImport(many).mistakes[0]?.message).toContain('At most 1000');
  });
});

describe('parseImport, CSV', () => {
  it('reads named columns with quotes, lines and empty cells', () => {
    const { rows, mistakes } = parseImport('\uFEFFserver_id,URL,token,alias,tags\r\na1,https://a.example,,"Attic, ""upstairs""",home;4k\r\n\r\n');
    expect(mistakes).toEqual([]);
    expect(rows).toEqual([{ line: 2, externalKey: 'a1', url: 'https://a.example', alias: 'Attic, "upstairs"', tags: ['home', '4k'] }]);
  });

  it('counts lines through quoted line breaks and takes semicolons', () => {
    expect(parseCsv('a;b\n"x\ny";1\nz;2')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['x\ny', '1'] },
      { line: 4, cells: ['z', '2'] },
    ]);
  });

  it('wants a head line that names the address', () => {
    expect(parseImport('attic,https://a.example').mistakes[0]?.message).toContain('The first line has to name the columns');
  });
});
