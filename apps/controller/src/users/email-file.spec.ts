import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCsv } from './csv.js';
import { readEmailRows } from './email-file.js';

const short = (csv: string) => readEmailRows(csv).map(({ line, server, user, email, problem }) => ({ line, cells: [server.text, user.text, email.text], problem: problem && `${problem.cell.column}: ${problem.message}` }));

describe('a CSV text', () => {
  it('is read with quotes, line breaks in cells, both line ends and places', () => {
    expect(parseCsv('\ufeffa,"b ""x"", y"\r\n\n"c\nd",e\n,')).toEqual([
      { line: 1, cells: [{ text: 'a', column: 1 }, { text: 'b "x", y', column: 3 }], isBroken: false },
      { line: 3, cells: [{ text: 'c\nd', column: 1 }, { text: 'e', column: 4 }], isBroken: false },
      { line: 5, cells: [{ text: '', column: 1 }, { text: '', column: 2 }], isBroken: false },
    ]);
  });

  it('is broken by a quote that is not closed, and by text behind one', () => {
    expect(parseCsv('a,"b').at(-1)?.isBroken).toBe(true);
    expect(parseCsv('a,"b"c').at(-1)?.isBroken).toBe(true);
    expect(parseCsv('a,b"c').at(-1)).toMatchObject({ isBroken: false, cells: [{ text: 'a' }, { text: 'b"c' }] });
  });

  it('comes back as it was written', () => {
    const cell = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\r', '').replace(/^\ufeff/, ''));
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(table, (rows) => {
        const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\n');
        expect(parseCsv(text).map(({ cells }) => cells.map((one) => one.text))).toEqual(rows);
      }),
    );
  });
});

describe('a file of addresses', () => {
  it('has its columns in any order', () => {
    expect(short('Email, user ,SERVER\nana@x.example,ana,attic\n')).toEqual([{ line: 2, cells: ['attic', 'ana', 'ana@x.example'], problem: null }]);
  });

  it('loses the formula guard that an export put before a cell', () => {
    expect(short("server,user,email\nattic,'=ana,'+ana@x.example")[0]?.cells).toEqual(['attic', '=ana', '+ana@x.example']);
  });

  it('tells line and column of what is wrong in a row, and goes on', () => {
    expect(short('server,user,email\nattic,ana\nattic,,x\nattic,"ana\nattic,ben,ben@x.example').map(({ line, problem }) => ({ line, problem }))).toEqual([
      { line: 2, problem: '7: 2 columns, the header has 3.' },
      { line: 3, problem: '7: The user is missing.' },
      { line: 4, problem: '7: A quote is not closed, or text follows a closed one.' },
    ]);
    expect(short('server,user,email\nattic,ana,a@x.example\nattic,ana,a@x.example')[1]).toMatchObject({ line: 3, problem: '1: The same stands in line 2.' });
  });

  it.each([
    ['nothing', '', 'empty'],
    ['an unknown column', 'server,user,mail\n', '“mail” is no column'],
    ['a column twice', 'server,user,user\n', 'comes twice'],
    ['a missing column', 'server,user\n', 'The column email is missing'],
    ['another encoding', 's\0e\0r\0v\0e\0r\0', 'is no column'],
    ['5,001 rows', `server,user,email\n${'a,b,c\n'.repeat(5_001)}`, '5000 rows'],
    ['200,001 characters', 'x'.repeat(200_001), '200000 characters'],
  ])('with %s is refused as a whole', (_, csv, message) => {
    expect(() => readEmailRows(csv)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED', message: expect.stringContaining(message), details: expect.objectContaining({ field: 'csv' }) }));
  });
});
