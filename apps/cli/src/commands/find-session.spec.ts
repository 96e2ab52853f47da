import { describe, expect, it } from '@jest/globals';
import { pickSession } from './find-session.js';

const row = (server: string, vendorId: string) => ({ id: `id-of-${server}:${vendorId}`, server, serverId: `id-of-${server}` });
const ROWS = [row('attic', '18dacbbda89b90d2'), row('office', '18dacbbda89b90d2'), row('office', '77aacbbda89b90d2'), row('studio', '7')];

describe('a session', () => {
  it.each([
    ['by its whole id', 'id-of-attic:18dacbbda89b90d2', ROWS[0]],
    ['by the end of its id', '77aacbbda89b90d2', ROWS[2]],
    ['by the server and the end of its id', 'Attic:a89b90d2', ROWS[0]],
    ['by a short id that is whole', '7', ROWS[3]],
    ['by the server and a short id', 'studio:7', ROWS[3]],
  ])('%s', (_how, id, expected) => {
    expect(pickSession(ROWS, id)).toBe(expected);
  });

  it.each([
    ['nothing has this id', 'ffffffff'],
    ['too little of an id was given', '90d2'],
    ['it is at another server', 'studio:18dacbbda89b90d2'],
    ['there is no such server', 'cellar:18dacbbda89b90d2'],
  ])('is not found when %s', (_why, id) => {
    expect(() => pickSession(ROWS, id)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('that is at several servers is asked for with the server', () => {
    expect(() => pickSession(ROWS, '18dacbbda89b90d2')).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED', details: expect.objectContaining({ next: 'Name the server:  attic:18dacbbda89b90d2  office:18dacbbda89b90d2' }) }));
    expect(() => pickSession(ROWS, 'office:a89b90d2')).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED', details: expect.objectContaining({ next: 'Give more of the id:  usher sessions list -q' }) }));
  });
});
