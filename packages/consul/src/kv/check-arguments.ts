import { badRequest, tooLarge } from '../refusals.js';

/** Consul's default limit of one value, and of the body of one transaction (`kv_max_value_size`, `txn_max_req_len`). */
export const MAX_VALUE_BYTES = 512 * 1024;

/** @throws ConsulError CONSUL_BAD_REQUEST for a key that Consul cannot carry. */
export function checkKey(key: string): void {
  if (key === '') throw badRequest('A key must not be empty. Give the full key.');
  if (key.startsWith('/')) {
    throw badRequest(`The key "${key}" begins with a slash, which Consul's own tools strip. Leave it out.`);
  }
}

/** @throws ConsulError CONSUL_VALUE_TOO_LARGE */
export function checkValue(key: string, value: string): void {
  const size = Buffer.byteLength(value);
  if (size <= MAX_VALUE_BYTES) return;
  throw tooLarge(
    `The value of "${key}" has ${size} bytes; Consul takes at most ${MAX_VALUE_BYTES}. Make it smaller.`,
  );
}
