// One reading of a PostgreSQL address for all tools. The parts are given to the driver separately, never as a connection
// string: an address that carries a database name would win over the database asked for (shadow databases, `postgres`).

/**
 * @param {string} text `postgres://user:password@host:port/database?schema=…&sslmode=…`
 * @returns {{ connection: object, schema: string | undefined }} options for `pg`, UTC included; the schema parameter if given
 */
export function readDatabaseUrl(text) {
  const url = new URL(text);
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw new Error('a PostgreSQL address starts with postgres:// or postgresql://');
  const sslMode = url.searchParams.get('sslmode');
  return {
    connection: {
      host: url.searchParams.get('host') ?? (url.hostname === '' ? undefined : url.hostname.replace(/^\[|\]$/g, '')),
      port: url.port === '' ? undefined : Number(url.port),
      user: url.username === '' ? undefined : decodeURIComponent(url.username),
      password: url.password === '' ? undefined : decodeURIComponent(url.password),
      database: url.pathname.length > 1 ? decodeURIComponent(url.pathname.slice(1)) : undefined,
      ssl: sslMode === null || sslMode === 'disable' ? undefined : { rejectUnauthorized: sslMode.startsWith('verify-') },
      options: '-c TimeZone=UTC',
    },
    schema: url.searchParams.get('schema') ?? undefined,
  };
}

/** The same server and login with another database. */
export function withDatabase(text, database) {
  const url = new URL(text);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.toString();
}

/** The same server and database with another login. */
export function withLogin(text, user, password) {
  const url = new URL(text);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  return url.toString();
}

/**
 * An open connection. A server that goes away is told by the query that fails, not by an error that nobody awaits.
 * @param {typeof import('pg')} pg
 */
export async function openClient(pg, options) {
  const client = new pg.Client(options);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
