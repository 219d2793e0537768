import type { JsonObject } from '../wire/vault-call.js';
import { VaultFault } from '../wire/vault-fault.js';

/** As Vault's own storage has it. */
const MAX_BYTES = 1024 * 1024;

/** Throws a 413 for a secret of more than 1 MiB of JSON. */
export function refuseLarge(secret: JsonObject): void {
  const bytes = Buffer.byteLength(JSON.stringify(secret));
  if (bytes > MAX_BYTES)
    throw new VaultFault(
      413,
      `put failed due to value being too large; got ${bytes} bytes, max: ${MAX_BYTES} bytes`,
    );
}
