import { badRequest } from '../refusals.js';
import { dataOf } from '../transport/read-answer.js';
import type { Reply } from '../transport/transport.js';
import type { KvSecret } from './kv.js';
import { secretOf } from './mounts.js';
import type { KvCall } from './mounts.js';
import { digestVersion, numberedVersion } from './secret-version.js';

/** Reads the latest or a certain version. */
export async function readSecret(call: KvCall, doing: string, version?: number): Promise<KvSecret> {
  const { location, request } = call;
  const rest = secretOf(location);
  const { path } = location.mount;
  if (location.mount.version === 1) {
    if (version !== undefined)
      throw badRequest(`"${path}" is KV 1, which has no versions: leave out version.`);
    const { all } = dataOf(await request({ doing, method: 'GET', path: `${path}${rest}` }));
    return { data: all, version: digestVersion(all) };
  }
  if (version !== undefined && !(Number.isInteger(version) && version > 0)) {
    throw badRequest(`The version is ${version}: it is a whole number from 1.`);
  }
  const query = version === undefined ? {} : { query: `?version=${version}` };
  return versioned(await request({ doing, method: 'GET', path: `${path}data/${rest}`, ...query }));
}

function versioned(reply: Reply): KvSecret {
  const envelope = dataOf(reply);
  const metadata = envelope.object('metadata');
  const number = metadata.number('version');
  const createdTime = metadata.string('created_time');
  return {
    data: envelope.object('data').all,
    version: numberedVersion(number, createdTime),
    number,
    createdTime,
  };
}
