import { createRequire } from 'node:module';

/** Of the package; the same number in every answer, log and page. */
export const VERSION = (createRequire(import.meta.url)('../package.json') as { version: string }).version;
