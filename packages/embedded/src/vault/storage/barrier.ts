import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A new random key. */
export function newKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

/**
 * Encrypts with AES-256-GCM: nonce, ciphertext, tag. `context` is authenticated with it, so that a value that is moved
 * to another place no longer opens.
 */
export function encrypt(key: Buffer, plain: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The opposite of {@link encrypt}. Throws when key or context is another one, or when a byte was changed. */
export function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  const body = sealed.subarray(NONCE_BYTES, -TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

/** Turns records into what may lie on a disk, and back. Not even their names can be read there. */
export class Barrier {
  private readonly valueKey: Buffer;
  private readonly nameKey: Buffer;

  constructor(dataKey: Buffer) {
    this.valueKey = derive(dataKey, 'values');
    this.nameKey = derive(dataKey, 'names');
  }

  /** Under which name a record is kept. */
  nameOf(table: string, key: string): string {
    return createHmac('sha256', this.nameKey).update(`${table}\0${key}`).digest('hex');
  }

  seal(name: string, record: unknown): Buffer {
    return encrypt(this.valueKey, Buffer.from(JSON.stringify(record)), name);
  }

  open(name: string, sealed: Buffer): unknown {
    return JSON.parse(decrypt(this.valueKey, sealed, name).toString());
  }
}

function derive(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `raftainer-vault/${purpose}`, KEY_BYTES));
}
