// `node --import ./tools/ts-register.mjs --conditions=@usher/source file.ts`: runs sources without building them.
import { register } from 'node:module';

register('./ts-hooks.mjs', import.meta.url);
