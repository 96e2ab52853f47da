import { describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import { expect as told } from 'expect';
import { z } from 'zod';
import { failsWith, NOT_FOUND } from '../behaviors/failing.js';
import { detailOf } from './detail-of.js';

const failing = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    return detailOf(error);
  }
  throw new Error('it did not fail');
};

describe('detailOf', () => {
  it('names places and lengths, never values', async () => {
    expect(await failing(() => told({ title: 'Nosferatu', item: { year: 1922 } }).toEqual({ title: 'Metropolis', item: { year: 1927 } }))).toBe('toEqual at title, item.year');
    expect(await failing(() => told(['Nell', 'Otis']).toEqual(['Nell']))).toBe('toEqual at list (2 for 1)');
    expect(await failing(() => told({ name: 'Nell', at: null }).toEqual({ name: told.any(String), at: told.any(String) }))).toBe('toEqual at at');
    expect(await failing(() => told({ name: 'Nell' }).toMatchObject({ name: 'Otis' }))).toBe('toMatchObject');
    expect(await failing(() => told('Nell').toBe('Otis'))).toBe('toBe');
  });

  it('names the code of an error that came instead of another', async () => {
    const error = new AppError('VENDOR_ANSWER_INVALID', 'Nell is not here', { httpStatus: 500, reason: 'shape' });
    expect(await failing(() => failsWith(Promise.reject(error), NOT_FOUND))).toBe('NOT_FOUND expected, VENDOR_ANSWER_INVALID came');
    expect(await failing(() => failsWith(Promise.resolve('Nell'), NOT_FOUND))).toBe('NOT_FOUND expected, no error came');
    expect(detailOf(error)).toBe('VENDOR_ANSWER_INVALID shape 500');
    expect(detailOf(new AppError('NOT_FOUND', 'x', { reason: 'Nell watched Nosferatu', field: 'userVendorId' }))).toBe('NOT_FOUND userVendorId');
  });

  it('names the fields of an answer that are not as the contract says', async () => {
    expect(await failing(() => z.object({ rows: z.array(z.object({ name: z.number() })) }).parse({ rows: [{ name: 'Nell' }] }))).toBe('contract: rows.0.name invalid_type');
  });

  it('tells nothing of what it does not know', () => {
    expect(detailOf(new TypeError('Nell'))).toBe('TypeError');
    expect(detailOf('Nell')).toBe('unknown');
  });
});
