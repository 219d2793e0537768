import type { Mount } from '../state/records.js';
import type { JsonObject } from '../wire/vault-call.js';

/** A mount as Vault shows it. */
export function showMount(mount: Mount): JsonObject {
  return {
    accessor: mount.accessor,
    config: {
      default_lease_ttl: mount.defaultTtlSec,
      force_no_cache: false,
      max_lease_ttl: mount.maxTtlSec,
      ...(mount.type === 'system' ? { passthrough_request_headers: ['Accept'] } : {}),
      ...(mount.path.startsWith('auth/') ? { token_type: 'default-service' } : {}),
    },
    description: mount.description,
    external_entropy_access: false,
    local: mount.type === 'cubbyhole',
    options: mount.options,
    seal_wrap: false,
    type: mount.type,
    uuid: mount.uuid,
  };
}
