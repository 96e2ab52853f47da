import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Version of this program, as hello and media servers are told. */
export const AGENT_VERSION = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).version;
