import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Secret } from './secret.js';

const COST = { memoryCost: 65_536, timeCost: 3, parallelism: 1 } as const;
/** Each hash takes 64 MiB, so only so many run at once and the others wait. */
const AT_ONCE = 4;

let running = 0;
const waiting: (() => void)[] = [];

async function limited<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

let nobodysHash: Promise<string> | undefined;

/** argon2id, as a PHC string. */
export function hashPassword(password: Secret): Promise<string> {
  return limited(() => hash(password.reveal(), COST));
}

/** False for a wrong password, an unreadable hash, and always for `null`; that costs the same, so that names cannot be probed. */
export async function verifyPassword(password: Secret, passwordHash: string | null): Promise<boolean> {
  nobodysHash ??= limited(() => hash(randomBytes(32), COST));
  const against = passwordHash ?? (await nobodysHash);
  const matches = await limited(() => verify(against, password.reveal()).catch(() => false));
  return matches && passwordHash !== null;
}
