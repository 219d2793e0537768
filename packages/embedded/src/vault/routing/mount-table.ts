import { randomBytes, randomUUID } from 'node:crypto';
import type { EngineType, Mount } from '../state/records.js';
import type { VaultStore } from '../state/vault-store.js';
import { badRequest } from '../wire/vault-fault.js';

/** What a mount is to be. */
export interface MountWish {
  readonly path: string;
  readonly type: EngineType;
  readonly description?: string;
  readonly options?: Readonly<Record<string, string>> | null;
  readonly defaultTtlSec?: number;
  readonly maxTtlSec?: number;
}

/** What is there from the beginning. */
const BUILT_IN: readonly MountWish[] = [
  { path: 'secret/', type: 'kv', description: 'key/value secret storage', options: { version: '2' } },
  { path: 'sys/', type: 'system', description: 'system endpoints used for control, policy and debugging' },
  { path: 'identity/', type: 'identity', description: 'identity store' },
  { path: 'cubbyhole/', type: 'cubbyhole', description: 'per-token private secret storage' },
  { path: 'auth/token/', type: 'token', description: 'token based credentials' },
];

const PERMANENT: readonly EngineType[] = ['system', 'identity', 'cubbyhole', 'token'];

/** Which engine serves which path. */
export class MountTable {
  constructor(private readonly store: VaultStore) {}

  /** Puts in place what a new server has. */
  begin(): void {
    for (const wish of BUILT_IN) this.put(wish);
  }

  all(): readonly Mount[] {
    return this.store.values('mounts');
  }

  get(path: string): Mount | undefined {
    return this.store.get('mounts', path);
  }

  /** The mount with the longest path that fits. */
  find(path: string): Mount | undefined {
    return this.all()
      .filter((mount) => path.startsWith(mount.path) || `${path}/` === mount.path)
      .sort((a, b) => b.path.length - a.path.length)[0];
  }

  /** Throws a 400 when the path, or a part of it, is taken. */
  add(wish: MountWish): Mount {
    const clash = this.all().find(({ path }) => wish.path.startsWith(path) || path.startsWith(wish.path));
    const shown = (path: string): string => path.replace(/^auth\//, '');
    if (clash?.path === wish.path) throw badRequest(`path is already in use at ${shown(clash.path)}`);
    if (clash !== undefined) throw badRequest(`existing mount at ${shown(clash.path)}`);
    return this.put(wish);
  }

  change(mount: Mount): void {
    this.store.put('mounts', mount.path, mount);
  }

  /** Forgets a mount and everything that is kept under it. */
  remove(mount: Mount): void {
    if (PERMANENT.includes(mount.type)) throw badRequest(`cannot unmount "${mount.path}"`);
    for (const table of ['kv1', 'kv2', 'engine'] as const)
      for (const key of this.store.keys(table, `${mount.uuid}/`)) this.store.delete(table, key);
    this.store.delete('mounts', mount.path);
  }

  private put(wish: MountWish): Mount {
    const prefix = wish.path.startsWith('auth/') ? 'auth_' : '';
    const mount: Mount = {
      path: wish.path,
      type: wish.type,
      uuid: randomUUID(),
      accessor: `${prefix}${wish.type}_${randomBytes(4).toString('hex')}`,
      description: wish.description ?? '',
      options: wish.options ?? null,
      defaultTtlSec: wish.defaultTtlSec ?? 0,
      maxTtlSec: wish.maxTtlSec ?? 0,
    };
    this.store.put('mounts', mount.path, mount);
    return mount;
  }
}
