import type { CallOptions } from '../call-options.js';
import { badRequest } from '../refusals.js';
import type { Session } from '../session.js';
import { dataOf } from '../transport/read-answer.js';
import type { Reply, RequestSpec } from '../transport/transport.js';
import { isVaultError } from '../vault-error.js';
import type { Kv, KvData, KvWriteOptions, KvWritten } from './kv.js';
import { KvMounts, secretOf } from './mounts.js';
import type { KvCall, Request } from './mounts.js';
import { readSecret } from './read-secret.js';
import { metadataVersion } from './secret-version.js';

/** The key-value engines over HTTP. */
export function createKv(session: Session): Kv {
  const mounts = new KvMounts();
  /** Secrets whose metadata is denied: asked once. */
  const withoutMetadata = new Set<string>();
  const at = located(session, mounts);
  return {
    read: (path, options) =>
      at({ doing: `reading the secret "${path}"`, path, options }, (call, doing) =>
        readSecret(call, doing, options?.version),
      ),
    version: (path, options) =>
      at({ doing: `looking for a new version of the secret "${path}"`, path, options }, (call, doing) =>
        versionOf(call, doing, withoutMetadata),
      ),
    write: (...[path, data, options]) =>
      at({ doing: `writing the secret "${path}"`, path, options }, (call, doing) =>
        write(call, doing, { data, options }),
      ),
    list: (path, options) => at({ doing: `listing the secrets below "${path}"`, path, options }, list),
    delete: (path, options) => at({ doing: `deleting the secret "${path}"`, path, options }, remove),
  };
}

interface LocatedCall {
  readonly doing: string;
  readonly path: string;
  readonly options: CallOptions | undefined;
}

type Located = <T>(spec: LocatedCall, run: (call: KvCall, doing: string) => Promise<T>) => Promise<T>;

/** Finds the mount, then runs the call; once more when the mount turns out to be another than what is remembered. */
function located(session: Session, mounts: KvMounts): Located {
  return ({ doing, path, options }, run) =>
    session.calls(doing, options, async (request) => {
      const location = await mounts.locate(path, request);
      try {
        return await run({ location, request, path }, doing);
      } catch (error) {
        if (!isMoved(error)) throw error;
        mounts.forget(location.mount);
        return run({ location: await mounts.locate(path, request), request, path }, doing);
      }
    });
}

/** Version 2 answers a request for version 1 with a 404 and a warning; a mount that is gone has no handler. */
function isMoved(error: unknown): boolean {
  if (!isVaultError(error)) return false;
  return error.code === 'VAULT_NO_MOUNT' || error.message.includes('Invalid path for a versioned');
}

async function versionOf(call: KvCall, doing: string, withoutMetadata: Set<string>): Promise<string> {
  const { location, path } = call;
  if (location.mount.version === 1 || withoutMetadata.has(path)) {
    return (await readSecret(call, doing)).version;
  }
  try {
    return await metadataVersion(call, doing);
  } catch (error) {
    if (!isVaultError(error) || error.code !== 'VAULT_DENIED') throw error;
    const secret = await readSecret(call, doing);
    withoutMetadata.add(path);
    return secret.version;
  }
}

interface Write {
  readonly data: KvData;
  readonly options: KvWriteOptions | undefined;
}

async function write(
  { location, request }: KvCall,
  doing: string,
  { data, options }: Write,
): Promise<KvWritten> {
  const rest = secretOf(location);
  const { path, version } = location.mount;
  const common = { doing, method: 'POST', sensitive: true } as const;
  if (version === 1) {
    if (options?.cas !== undefined)
      throw badRequest(`"${path}" is KV 1, which has no versions: leave out cas.`);
    await request({ ...common, path: `${path}${rest}`, body: data });
    return {};
  }
  const guard = options?.cas === undefined ? {} : { options: { cas: options.cas } };
  const reply = await request({ ...common, path: `${path}data/${rest}`, body: { data, ...guard } });
  return { version: dataOf(reply).number('version') };
}

async function list({ location, request }: KvCall, doing: string): Promise<readonly string[]> {
  const { path, version } = location.mount;
  const folder = `${path}${version === 2 ? 'metadata/' : ''}${location.rest}`;
  const reply = await unlessAbsent(request, { doing, method: 'LIST', path: folder.replace(/\/$/, '') });
  return reply === undefined ? [] : dataOf(reply).strings('keys');
}

async function remove({ location, request }: KvCall, doing: string): Promise<void> {
  const rest = secretOf(location);
  const { path, version } = location.mount;
  await unlessAbsent(request, {
    doing,
    method: 'DELETE',
    path: `${path}${version === 2 ? 'data/' : ''}${rest}`,
  });
}

/** Undefined when Vault says that there is nothing. */
async function unlessAbsent(request: Request, spec: RequestSpec): Promise<Reply | undefined> {
  try {
    return await request(spec);
  } catch (error) {
    if (isVaultError(error) && error.code === 'VAULT_NOT_FOUND' && !isMoved(error)) return undefined;
    throw error;
  }
}
