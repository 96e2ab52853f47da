import { AppError } from '@usher/contracts';

/**
 * The alias as it stands in addresses and commands: letters without marks, digits, single dashes.
 * @throws VALIDATION_FAILED when nothing is left of it
 */
export function slugOf(alias: string): string {
  const slug = alias
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (slug === '') throw new AppError('VALIDATION_FAILED', 'alias must contain a letter a-z or a digit', { field: 'alias' });
  return slug;
}
