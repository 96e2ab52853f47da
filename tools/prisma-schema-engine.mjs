#!/usr/bin/env node
import { readFileSync } from 'node:fs';
const v = JSON.parse(readFileSync(new URL('../node_modules/@prisma/engines-version/package.json', import.meta.url))).version;
console.log('schema-engine-cli ' + v.split('.').pop());
