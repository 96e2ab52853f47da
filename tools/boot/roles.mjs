// Database, roles and grants. `usher_owner` owns and migrates; `usher_app` is what the services log in as.
import { createHmac } from 'node:crypto';
import pg from 'pg';
import { openClient, readDatabaseUrl, withDatabase, withLogin } from '../database-url.mjs';

export const OWNER = 'usher_owner';
export const APP = 'usher_app';
const LOCK = 72_707_369;
/** Somebody else made the same thing in the same moment. */
const MADE_BY_ANOTHER = new Set(['42P04', '42710', '23505']);

export async function tolerateExisting(work) {
  try {
    await work();
  } catch (error) {
    if (!MADE_BY_ANOTHER.has(error.code)) throw error;
  }
}

/** The logins of the two roles on a private server; their passwords follow from the superuser's. */
export function roleUrls(superuserUrl, database) {
  const { connection } = readDatabaseUrl(superuserUrl);
  const login = (role) => withLogin(withDatabase(superuserUrl, database), role, createHmac('sha256', connection.password ?? '').update(role).digest('base64url'));
  return { ownerUrl: login(OWNER), appUrl: login(APP) };
}

/**
 * As superuser of a private server: makes both roles and the database where they are missing.
 * @returns {Promise<{ ownerUrl: string, appUrl: string }>}
 */
export async function provision(superuserUrl, database = 'usher') {
  const urls = roleUrls(superuserUrl, database);
  const client = await openClient(pg, readDatabaseUrl(withDatabase(superuserUrl, 'postgres')).connection);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const found = await client.query('SELECT rolname FROM pg_roles WHERE rolname = ANY($1)', [[OWNER, APP]]);
    const names = found.rows.map(({ rolname }) => rolname);
    for (const [role, url] of [[OWNER, urls.ownerUrl], [APP, urls.appUrl]]) {
      if (names.includes(role)) continue;
      const password = pg.escapeLiteral(readDatabaseUrl(url).connection.password);
      await tolerateExisting(() => client.query(`CREATE ROLE ${role} LOGIN PASSWORD ${password}`));
    }
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await tolerateExisting(() => client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${OWNER}`));
  } finally {
    await client.end();
  }
  return urls;
}

/**
 * What the application's role may do in one schema, on present and future tables. Given once, before the migrations: a
 * migration may take something back (the audit log does), and a later run must not hand it out again.
 */
export async function grantToApp(client, schema, role) {
  const name = pg.escapeIdentifier(schema);
  const app = pg.escapeIdentifier(role);
  const given = await client.query(
    `SELECT FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace
      WHERE n.nspname = $1 AND d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
        AND d.defaclobjtype = 'r' AND d.defaclacl::text LIKE '%' || $2 || '=%'`,
    [schema, role],
  );
  if (given.rowCount > 0) return;
  await client.query(`
    GRANT USAGE ON SCHEMA ${name} TO ${app};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${name} TO ${app};
    GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA ${name} TO ${app};
    GRANT EXECUTE ON ALL ROUTINES IN SCHEMA ${name} TO ${app};
    ALTER DEFAULT PRIVILEGES IN SCHEMA ${name} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app};
    ALTER DEFAULT PRIVILEGES IN SCHEMA ${name} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO ${app};
    ALTER DEFAULT PRIVILEGES IN SCHEMA ${name} GRANT EXECUTE ON ROUTINES TO ${app}`);
}
