import { generateKeyPairSync } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { JWK } from 'jose';
import { z } from 'zod';
import { Nkey } from './nkey.js';
import { createPrivateFile } from './private-file.js';
import { openPlanPiece } from './plan-hash.js';
import { openSealed } from './sealed-box.js';

const privateJwk = <Curve extends string>(curve: Curve) => z.strictObject({ kty: z.literal('OKP'), crv: z.literal(curve), x: z.string(), d: z.string() });

const KeysFile = z.strictObject({
  version: z.literal(1),
  nkeySeed: z.string().startsWith('SU'),
  sig: privateJwk('Ed25519'),
  box: privateJwk('X25519'),
});
type KeysFile = z.infer<typeof KeysFile>;

function publicHalf({ kty, crv, x }: { kty: 'OKP'; crv: string; x: string }): JWK {
  return { kty, crv, x };
}

/** The keys of one agent: broker login, signing, and the box that secrets are sealed to. They never leave its folder. */
export class AgentKeys {
  readonly nkeyPub: string;
  readonly sigPub: JWK;
  readonly boxPub: JWK;
  readonly #data: KeysFile;
  readonly #login: Nkey;

  private constructor(data: KeysFile) {
    this.#data = data;
    this.#login = new Nkey(data.nkeySeed);
    this.nkeyPub = this.#login.getPublicKey();
    this.sigPub = publicHalf(data.sig);
    this.boxPub = publicHalf(data.box);
  }

  /**
   * `keys.json` (0600) in the folder, made when absent.
   * @throws Error when others can read the file or it is damaged
   */
  static async loadOrCreate(folder: string): Promise<AgentKeys> {
    const file = path.join(folder, 'keys.json');
    await createPrivateFileIfAbsent(file);
    if (((await stat(file)).mode & 0o077) !== 0) throw new Error(`${file} can be read by others; give it mode 0600`);
    const parsed = KeysFile.safeParse(parseJson(await readFile(file, 'utf8')));
    if (!parsed.success) throw new Error(`${file} is damaged; retire this agent and adopt the server again`);
    return new AgentKeys(parsed.data);
  }

  /** Signs with the broker login key: enrollment proofs, and the nonce of the broker at each connect. */
  signWithLogin(bytes: Uint8Array): Uint8Array {
    return this.#login.sign(bytes);
  }

  /** Opens what was sealed to this agent. @throws AppError `MESSAGE_INVALID` */
  open(sealed: string): Promise<unknown> {
    return openSealed(this.#data.box, sealed);
  }

  /** Opens a piece of a plan that was sealed to this agent. @throws AppError `MESSAGE_INVALID` */
  openPlanPiece(sealed: string): Promise<Buffer> {
    return openPlanPiece(this.#data.box, sealed);
  }
}

async function createPrivateFileIfAbsent(file: string): Promise<void> {
  if (await stat(file).catch(() => null)) return;
  const data: KeysFile = KeysFile.parse({
    version: 1,
    nkeySeed: Nkey.create('user').seed,
    sig: generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
    box: generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' }),
  });
  await createPrivateFile(file, `${JSON.stringify(data, null, 2)}\n`, 0o600);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
