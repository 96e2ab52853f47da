// The driver adapter under the schema engine: `@prisma/adapter-pg` with four repairs (each has a test).
import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { openClient, readDatabaseUrl } from './database-url.mjs';

const INTERNAL_CHAR = 18;
const TEXT = 25;

/**
 * Repair 1: catalogue columns of the internal type "char" cannot be read by the adapter. They are read as text, and their
 * positions are then declared to be characters: left as text, the engine panics on PostgreSQL 18's not-null constraints.
 */
function readInternalChar(queryable) {
  const { queryRaw } = queryable;
  queryable.queryRaw = async (query) => {
    const positions = [];
    const reader = Object.create(queryable, {
      performIO: {
        value: async (asked) => {
          const { rows, fields } = await queryable.performIO(asked);
          const readable = fields.map((field, position) => {
            if (field.dataTypeID !== INTERNAL_CHAR) return field;
            positions.push(position);
            return { name: field.name, dataTypeID: TEXT };
          });
          return { rows, fields: readable };
        },
      },
    });
    const answer = await queryRaw.call(reader, query);
    for (const position of positions) answer.columnTypes[position] = ColumnTypeEnum.Character;
    return answer;
  };
  return queryable;
}

/** Repair 2: the adapter cuts scripts at every `;`, also inside function bodies and strings. The script is sent whole. */
function sendScriptsWhole(adapter) {
  adapter.executeScript = async (script) => {
    try {
      await adapter.underlyingDriver().query(script);
    } catch (error) {
      adapter.onError(error);
    }
  };
  return adapter;
}

async function openAdapter(connection, schema) {
  const pool = new pg.Pool({ ...connection, max: 1 });
  const adapter = await new PrismaPg(pool, { schema, disposeExternalPool: true }).connect();
  const { startTransaction } = adapter;
  adapter.startTransaction = async (level) => readInternalChar(await startTransaction.call(adapter, level));
  return sendScriptsWhole(readInternalChar(adapter));
}

/** Makes adapters for one datasource and remembers the shadow databases that it created. */
export class RepairedAdapterFactory {
  provider = 'postgres';
  adapterName = '@prisma/adapter-pg';
  #url;
  #shadowUrl;
  #shadows = new Set();

  constructor({ url, shadowDatabaseUrl }) {
    this.#url = readDatabaseUrl(url);
    this.#shadowUrl = shadowDatabaseUrl ? readDatabaseUrl(shadowDatabaseUrl) : null;
    if (this.#shadowUrl && sameDatabase(this.#shadowUrl.connection, this.#url.connection)) {
      throw new Error('the shadow database must not be the database itself: it is emptied');
    }
  }

  async connect() {
    return openAdapter(this.#url.connection, this.#url.schema);
  }

  /**
   * Repairs 3 and 4: the connection to the shadow database names its parts, so that it really goes there; the database is
   * dropped although the engine may still hold a connection. One that was given is emptied instead and never dropped.
   */
  async connectToShadowDb() {
    if (this.#shadowUrl) {
      const given = await openAdapter(this.#shadowUrl.connection, this.#shadowUrl.schema);
      const schema = pg.escapeIdentifier(this.#shadowUrl.schema ?? 'public');
      await given.executeScript(`DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}`);
      return given;
    }
    const database = `prisma_migrate_shadow_db_${randomUUID()}`;
    const own = await this.connect();
    try {
      await own.executeScript(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
    } finally {
      await own.dispose();
    }
    this.#shadows.add(database);
    const shadow = await openAdapter({ ...this.#url.connection, database }, this.#url.schema);
    const { dispose } = shadow;
    shadow.dispose = async () => {
      await dispose.call(shadow);
      await this.#drop(database);
    };
    return shadow;
  }

  /** Drops what the engine left behind. */
  async dropShadows() {
    for (const database of this.#shadows) await this.#drop(database);
  }

  async #drop(database) {
    const client = await openClient(pg, this.#url.connection);
    try {
      await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(database)} WITH (FORCE)`);
      this.#shadows.delete(database);
    } finally {
      await client.end();
    }
  }
}

function sameDatabase(a, b) {
  return a.host === b.host && (a.port ?? 5432) === (b.port ?? 5432) && a.database === b.database;
}
