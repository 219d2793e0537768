import { badRequest } from '../refusals.js';
import { encodePath } from '../transport/path.js';
import { dataOf } from '../transport/read-answer.js';
import type { Reply, RequestSpec } from '../transport/transport.js';
import { isVaultError, VaultError } from '../vault-error.js';

/** Sends one request of a call. */
export type Request = (spec: RequestSpec) => Promise<Reply>;

/** A mounted key-value engine. */
export interface KvMount {
  /** With a slash at its end: `secret/`. */
  readonly path: string;
  readonly version: 1 | 2;
}

/** A path, taken apart. */
export interface KvLocation {
  readonly mount: KvMount;
  /** Below the mount, encoded; empty for the mount itself. */
  readonly rest: string;
}

/** What the parts of one key-value call share. */
export interface KvCall {
  readonly location: KvLocation;
  readonly request: Request;
  /** As it was given. */
  readonly path: string;
}

/**
 * Finds out which key-value engine a path belongs to, once per mount. Mounts cannot be nested, so a path that begins with a known
 * mount belongs to it.
 */
export class KvMounts {
  readonly #known = new Map<string, KvMount>();
  /** By the first segment of the path, so that many reads of one mount ask once. */
  readonly #asking = new Map<string, Promise<unknown>>();

  async locate(path: string, request: Request): Promise<KvLocation> {
    const encoded = encodePath(path.replace(/\/$/, ''), 'The path of the secret');
    const mount = await this.#mountOf(encoded, request);
    return { mount, rest: encoded.slice(mount.path.length) };
  }

  /** What was known of it is no longer true: moved, upgraded, mounted anew. */
  forget(mount: KvMount): void {
    this.#known.delete(mount.path);
  }

  async #mountOf(path: string, request: Request): Promise<KvMount> {
    const known = this.#find(path);
    if (known !== undefined) return known;
    const first = path.split('/', 1).join();
    const running = this.#asking.get(first);
    if (running !== undefined) {
      await running;
      const found = this.#find(path);
      if (found !== undefined) return found;
    }
    const asking = ask(path, request);
    const settled = asking.then(
      () => undefined,
      () => undefined,
    );
    this.#asking.set(first, settled);
    try {
      const mount = await asking;
      this.#known.set(mount.path, mount);
      return mount;
    } finally {
      if (this.#asking.get(first) === settled) this.#asking.delete(first);
    }
  }

  #find(path: string): KvMount | undefined {
    return [...this.#known.values()].find((mount) => `${path}/`.startsWith(mount.path));
  }
}

/** https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts */
function detectionPath(path: string): string {
  return `sys/internal/ui/mounts/${path}`;
}

async function ask(path: string, request: Request): Promise<KvMount> {
  const doing = `finding out what is mounted at "${decodeURIComponent(path)}"`;
  const detection = { doing, method: 'GET', path: detectionPath(path) } as const;
  const reply = await request(detection).catch((error: unknown) => explain(error, path, request));
  const data = dataOf(reply);
  const type = data.string('type');
  const mount = data.string('path');
  if (type !== 'kv' && type !== 'generic') {
    throw new VaultError(
      'VAULT_NO_MOUNT',
      `"${mount}" is a ${type} engine, not a key-value one. Correct the path.`,
      {
        retryable: false,
        path,
      },
    );
  }
  return {
    path: `${encodePath(mount.replace(/\/$/, ''), 'The mount')}/`,
    version: data.optionalObject('options')?.optionalString('version') === '2' ? 2 : 1,
  };
}

/** Vault says 403 both for a path without a mount and for a token without any right there; reading it tells them apart, for some tokens. */
async function explain(error: unknown, path: string, request: Request): Promise<never> {
  // A login on the way there may have been denied, too.
  const denied = isVaultError(error) && error.code === 'VAULT_DENIED' && error.path === detectionPath(path);
  if (!denied) throw error;
  const said = await request({ doing: `looking for "${path}"`, method: 'GET', path }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (isVaultError(said) && said.code === 'VAULT_NO_MOUNT') throw said;
  throw new VaultError(
    'VAULT_DENIED',
    `Vault denied finding out what is mounted at "${decodeURIComponent(path)}": no policy of the token allows anything below it, or nothing is mounted there. Check the path, and the token's policies.`,
    { retryable: false, status: 403, path },
  );
}

/** The path of a secret must go beyond its mount. */
export function secretOf({ mount, rest }: KvLocation): string {
  if (rest === '')
    throw badRequest(`The path of the secret ends with its mount "${mount.path}": name a secret below it.`);
  return rest;
}
