import { ClusterError } from './cluster-error.js';

/** Consul's limit for one value (`kv_max_value_size`, default 512 kB). */
export const MAX_VALUE_BYTES = 512 * 1024;

/** The value as it is stored. Throws `CLUSTER_VALUE_TOO_LARGE`, before anything is sent. */
export function encode(what: string, value: unknown, indent?: number): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, indent);
  return checkSize(what, text);
}

/** The text itself when it fits. Throws `CLUSTER_VALUE_TOO_LARGE`. */
export function checkSize(what: string, text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_VALUE_BYTES) {
    throw new ClusterError(
      'CLUSTER_VALUE_TOO_LARGE',
      `${what} is ${bytes} bytes, and Consul stores at most ${MAX_VALUE_BYTES} under one key; make it smaller`,
    );
  }
  return text;
}
