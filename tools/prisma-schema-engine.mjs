#!/usr/bin/env node
// Stand-in for Prisma's native schema engine, which would have to be downloaded: the same engine as WebAssembly, spoken to
// as the Prisma command line speaks to the native one (arguments, JSON-RPC lines, exit codes).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { bindMigrationAwareSqlAdapterFactory, mockMigrationAwareAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { openClient, readDatabaseUrl } from './database-url.mjs';
import { RepairedAdapterFactory } from './prisma-adapter.mjs';

const require = createRequire(import.meta.url);
const RPC_ERROR = 4466;
const PRINT_ID_OFFSET = 1_000_000;
const CODE_OF_SQLSTATE = { '3D000': 'P1003', '28P01': 'P1000', 28000: 'P1010', '42P04': 'P1009' };

function readArguments(args) {
  const read = { version: false, datamodels: [], datasource: {}, command: null };
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at];
    if (word === '--version' || word === '-V') read.version = true;
    else if (word === '--datamodels' || word === '-d') read.datamodels.push(args[(at += 1)]);
    else if (word === '--datasource') read.datasource = JSON.parse(args[(at += 1)]);
    else if (word === 'cli') read.command = args[(at += 1)];
    else if (word.startsWith('--')) at += 1;
  }
  return read;
}

function logLine(level, fields) {
  return `${JSON.stringify({ timestamp: new Date().toISOString(), level, fields, target: 'schema_engine::logger' })}\n`;
}

/** `cli <command>`: the three questions that Prisma asks without the protocol. */
async function runCommand(command, url) {
  const { connection } = readDatabaseUrl(url);
  const name = pg.escapeIdentifier(connection.database ?? 'postgres');
  const work = {
    'can-connect-to-database': [connection, null],
    'create-database': [{ ...connection, database: 'postgres' }, `CREATE DATABASE ${name}`],
    'drop-database': [{ ...connection, database: 'postgres' }, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`],
  }[command];
  if (!work) throw new Error(`unknown command ${command}`);
  const client = await openClient(pg, work[0]);
  try {
    if (work[1] !== null) await client.query(work[1]);
  } finally {
    await client.end();
  }
}

/** Loads the WebAssembly engine; `panics.text` holds the message of the last panic. */
async function loadEngine(panics) {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (text) => (panics.text = text) };
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const gluePath = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = readFileSync(gluePath.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine;
}

class EngineServer {
  #arguments;
  #engine = null;
  #factory = null;
  #panics = { text: '' };

  constructor(args) {
    this.#arguments = args;
  }

  async #open() {
    const SchemaEngine = await loadEngine(this.#panics);
    const { datamodels, datasource } = this.#arguments;
    this.#factory = datasource.url ? new RepairedAdapterFactory(datasource) : null;
    const factory = bindMigrationAwareSqlAdapterFactory(this.#factory ?? mockMigrationAwareAdapterFactory('postgres'));
    const files = datamodels.map((path) => [path, readFileSync(path, 'utf8')]);
    this.#engine = await SchemaEngine.new({ datamodels: files.length > 0 ? files : undefined }, () => undefined, factory);
  }

  /** Answers one request; a failure becomes an error answer, never an exit. */
  async answer({ id, method, params }) {
    try {
      if (!this.#engine) await this.#open();
      const name = method === 'getDatabaseVersion' ? 'version' : method;
      if (typeof this.#engine[name] !== 'function') throw new Error(`unknown method ${method}`);
      const result = (await this.#engine[name](params)) ?? {};
      if (method === 'diff' && typeof result.stdout === 'string') {
        send({ jsonrpc: '2.0', id: PRINT_ID_OFFSET + id, method: 'print', params: { content: result.stdout } });
      }
      send({ jsonrpc: '2.0', id, result });
    } catch (error) {
      send({ jsonrpc: '2.0', id, error: { code: RPC_ERROR, message: 'An error happened. Check the data field for details.', data: this.#explain(error) } });
    }
  }

  #explain(error) {
    if (error instanceof WebAssembly.RuntimeError) return { is_panic: true, message: this.#panics.text || error.message, error_code: null, meta: null };
    return { is_panic: false, message: error.message ?? String(error), error_code: error.code ?? null, meta: error.meta ?? null };
  }

  async close() {
    await this.#factory?.dropShadows();
  }
}

function send(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const args = readArguments(process.argv.slice(2));
if (args.version) {
  const { prisma } = require('@prisma/engines-version/package.json');
  process.stdout.write(`schema-engine-cli ${prisma.enginesVersion}\n`);
} else if (args.command !== null) {
  try {
    await runCommand(args.command, args.datasource.url);
    process.stderr.write(logLine('INFO', { message: `${args.command}: done` }));
  } catch (error) {
    const code = CODE_OF_SQLSTATE[error.code] ?? 'P1001';
    process.stderr.write(`\n${logLine('ERROR', { is_panic: false, error_code: code, message: error.message }).trimEnd()}`);
    process.exitCode = 1;
  }
} else {
  const server = new EngineServer(args);
  let work = Promise.resolve();
  const end = async () => {
    await work;
    await server.close();
    process.exit(0);
  };
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (line.trim() === '') return;
    const message = JSON.parse(line);
    if (message.method !== undefined) work = work.then(() => server.answer(message));
  });
  lines.on('close', end);
  process.on('SIGTERM', end);
}
