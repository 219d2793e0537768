import type { ConsulClient } from './consul-client.js';
import { checkOptions } from './check-options.js';
import type { ConsulOptions } from './consul-options.js';
import type { KvList } from './kv/kv-entry.js';
import { createKv } from './kv/http-kv.js';
import { readKey, readNames, readPrefix, toEntries, toEntry, toNames } from './kv/read-kv.js';
import { sameEntry } from './kv/same-entry.js';
import { acquireLock } from './lock/acquire-lock.js';
import { createServices, readHealth, toHealth } from './services/http-services.js';
import { createStatus } from './services/http-status.js';
import { createSessions } from './session/http-sessions.js';
import { createTransport } from './transport/transport.js';
import type { Reply } from './transport/transport.js';
import { follow } from './watch/follow.js';
import type { WatchRead } from './watch/follow.js';

/**
 * Makes a client. Nothing is sent until the first call.
 *
 * @throws ConsulError CONSUL_BAD_OPTIONS for a port or a deadline that cannot be.
 */
export function createConsul(options: ConsulOptions = {}): ConsulClient {
  checkOptions(options);
  const transport = createTransport(options);
  const kv = createKv(transport);
  return {
    kv,
    sessions: createSessions(transport),
    services: createServices(transport),
    status: createStatus(transport),
    get token() {
      return transport.token;
    },
    watchKey: (key, watch) => {
      const read: WatchRead = (blocking, signal) => readKey(transport, key, { blocking, signal });
      return follow(transport, { read, decode: toEntry, same: sameEntry }, watch);
    },
    watchPrefix: (prefix, watch) => {
      const read: WatchRead = (blocking, signal) => readPrefix(transport, prefix, { blocking, signal });
      const decode = (reply: Reply): KvList => ({ entries: toEntries(reply), index: reply.index ?? 0 });
      return follow(transport, { read, decode }, watch);
    },
    watchKeys: (prefix, watch) => {
      const { separator } = watch ?? {};
      const folding = separator === undefined ? {} : { separator };
      const read: WatchRead = (blocking, signal) =>
        readNames(transport, prefix, { blocking, signal, ...folding });
      return follow(transport, { read, decode: toNames }, watch);
    },
    watchService: (name, watch) => {
      const passing = watch?.passing === true;
      const read: WatchRead = (blocking, signal) =>
        readHealth(transport, name, { blocking, signal, passing });
      return follow(transport, { read, decode: toHealth }, watch);
    },
    lock: (key, lock) => acquireLock({ kv, transport }, key, lock),
    close: () => {
      transport.close();
    },
  };
}
