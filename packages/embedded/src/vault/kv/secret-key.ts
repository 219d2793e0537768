import type { VaultCall } from '../wire/vault-call.js';
import { param } from '../wire/vault-call.js';

/** Where a secret is kept. */
export function secretKey(call: VaultCall): string {
  return `${call.mount.uuid}/${param(call, 'path')}`;
}
