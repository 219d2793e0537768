import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedError } from '../../embedded-error.js';
import { isObject } from '../wire/fields.js';
import { newTokenId } from '../tokens/token-ids.js';
import { newKey } from './barrier.js';

/** What opens a server's data, and what administers the server. */
export interface VaultKeys {
  readonly unsealKey: Buffer;
  readonly rootToken: string;
}

/** Everyone but the owner. */
const OTHERS = 0o077;

/** New keys, with `rootToken` if one is wanted. */
export function makeKeys(rootToken: string | undefined): VaultKeys {
  return { unsealKey: newKey(), rootToken: rootToken ?? newTokenId() };
}

/**
 * Reads the key file, or makes it (mode 0600) if it is not there and `mayMake` says so: a new key does not open old
 * data. Throws `EMBEDDED_KEY_EXPOSED` or `EMBEDDED_KEY_UNUSABLE`.
 */
export async function loadKeys(
  file: string,
  options: { readonly mayMake: boolean; readonly rootToken: string | undefined },
): Promise<VaultKeys> {
  try {
    return await readKeys(file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    if (options.mayMake) return makeFile(file, makeKeys(options.rootToken));
    throw new EmbeddedError('EMBEDDED_KEY_UNUSABLE', {
      message: `The key file ${file} is not there, and the data was sealed with it. Bring it back from a copy; without it the data cannot be read, and only moving the data away lets the server start empty.`,
      cause: error,
    });
  }
}

async function readKeys(file: string): Promise<VaultKeys> {
  const { mode } = await stat(file);
  // Windows has no such bits: there the folder's rights have to protect the file.
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
    throw new EmbeddedError('EMBEDDED_KEY_EXPOSED', {
      message: `The key file ${file} may be read or changed by others than its owner (mode ${(mode & 0o777).toString(8)}). Run \`chmod 600 ${file}\`; if others may have read it, change the secrets too.`,
    });
  const keys = parseKeys(await readFile(file, 'utf8'));
  if (keys !== undefined) return keys;
  throw new EmbeddedError('EMBEDDED_KEY_UNUSABLE', {
    message: `The key file ${file} is damaged. Bring it back from a copy.`,
  });
}

function parseKeys(text: string): VaultKeys | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || typeof value.unsealKey !== 'string' || typeof value.rootToken !== 'string')
      return undefined;
    const unsealKey = Buffer.from(value.unsealKey, 'base64');
    return unsealKey.length === newKey().length ? { unsealKey, rootToken: value.rootToken } : undefined;
  } catch {
    return undefined;
  }
}

/** Written beside and linked into place: the file is never there in part, and one that another made wins. */
async function makeFile(file: string, keys: VaultKeys): Promise<VaultKeys> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(draft, 'wx', 0o600);
    try {
      const content = { unsealKey: keys.unsealKey.toString('base64'), rootToken: keys.rootToken };
      await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
    return keys;
  } catch (cause) {
    throw new EmbeddedError('EMBEDDED_KEY_UNUSABLE', {
      message: `Cannot make the key file ${file}: ${cause instanceof Error ? cause.message : String(cause)}. Check the rights of its folder, or name another file.`,
      cause,
    });
  } finally {
    await rm(draft, { force: true });
  }
}
