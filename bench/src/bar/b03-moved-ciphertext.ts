// B03: swap each of `ciphertext wrapped_dek kek_id dek_ver kind` between two rows (all pairs), flip every bit of one
// blob, cut the tag: all refused. The rows are those of the running product; one moved row is also given to the product.
import { openCredential, type StoredCredential } from '@usher/security';
import { runBar, type Bar } from '../support/bar.js';
import { inWorld, type World } from '../support/world.js';

interface Row extends StoredCredential {
  readonly serverId: string;
  readonly kind: string;
}

const FIELDS = ['ciphertext', 'wrappedDek', 'kekId', 'dekVersion', 'kind'] as const;

async function rowsOf({ pool }: World): Promise<Row[]> {
  const { rows } = await pool.query<Row>('SELECT server_id AS "serverId", kind, dek_ver AS "dekVersion", kek_id AS "kekId", wrapped_dek AS "wrappedDek", ciphertext FROM server_credential ORDER BY server_id');
  return rows;
}

function cutTag(blob: Uint8Array, bytes: number): Buffer {
  return Buffer.from(blob).subarray(0, blob.length - bytes);
}

function flipped(blob: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(blob);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

async function checkRows(bar: Bar, world: World): Promise<void> {
  const ring = await world.keyRing();
  const rows = await rowsOf(world);
  const opens = (row: Row): boolean => {
    try {
      openCredential(ring, { serverId: row.serverId, kind: row.kind as 'media-server' }, row);
      return true;
    } catch {
      return false; // refused: what is counted
    }
  };
  bar.equal('untouched.opened', rows.filter(opens).length, rows.length);
  // versions and kinds of two live rows are alike: a swap has to change something
  const others = rows.map((row) => ({ ...row, dekVersion: row.dekVersion + 1, kind: 'other', kekId: `${row.kekId}x` }));
  let swaps = 0;
  let opened = 0;
  for (const [i, row] of rows.entries()) {
    for (const [j, other] of rows.entries()) {
      if (i === j) continue;
      for (const field of FIELDS) {
        const from = row[field] === other[field] ? others[j]! : other;
        swaps += 1;
        if (opens({ ...row, [field]: from[field] })) opened += 1;
      }
      swaps += 1;
      if (opens({ ...other, serverId: row.serverId })) opened += 1;
    }
  }
  bar.check('swaps.opened', `${opened} of ${swaps}`, 0, opened === 0);
  for (const field of ['ciphertext', 'wrappedDek'] as const) {
    const row = rows[0]!;
    const bits = row[field].length * 8;
    const open = Array.from({ length: bits }, (_, bit) => opens({ ...row, [field]: flipped(row[field], bit) })).filter(Boolean).length;
    bar.check(`${field}.flipped-bits.opened`, `${open} of ${bits}`, 0, open === 0);
    const cuts = Array.from({ length: 16 }, (_, cut) => opens({ ...row, [field]: cutTag(row[field], cut + 1) })).filter(Boolean).length;
    bar.equal(`${field}.cut-tag.opened`, cuts, 0);
  }
}

/** The ciphertext of one server put into another's row, as whoever writes to the database could. */
async function checkProduct(bar: Bar, { pool, operator }: World, from: string, to: string): Promise<void> {
  await pool.query('UPDATE server_credential AS t SET ciphertext = f.ciphertext, wrapped_dek = f.wrapped_dek FROM server_credential AS f WHERE t.server_id = $1 AND f.server_id = $2', [to, from]);
  const auditBefore = await pool.query('SELECT 1 FROM audit_event');
  const answer = await operator.send<{ testServerConnection: { ok: boolean; code: string | null } }>(
    'mutation ($input: TestServerConnectionInput!) { testServerConnection(input: $input) { ok code } }',
    { input: { serverId: to } },
  );
  const code = answer.code ?? answer.data?.testServerConnection.code ?? null;
  bar.check('product.moved-row.answer', `${answer.data?.testServerConnection.ok ?? false} ${code}`, 'not ok, KEYRING_MISMATCH', answer.data?.testServerConnection.ok !== true && code === 'KEYRING_MISMATCH');
  const auditAfter = await pool.query('SELECT 1 FROM audit_event');
  bar.check('product.moved-row.audit-rows', auditAfter.rowCount! - auditBefore.rowCount!, '≥1', auditAfter.rowCount! > auditBefore.rowCount!);
}

await runBar('B03', (bar) =>
  inWorld(async (world) => {
    const a = await world.register('jellyfin', 'Attic');
    const b = await world.register('emby', 'Basement');
    await checkRows(bar, world);
    await checkProduct(bar, world, a.id, b.id);
  }),
);
