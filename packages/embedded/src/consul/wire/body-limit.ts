import { Fault } from './fault.js';

/** Consul's default for `kv_max_value_size` and `txn_max_req_len`. */
export const MAX_BODY_BYTES = 512 * 1024;

/** Consul's refusal of a body that is too large; `setting` is the option that limits it. */
export function tooLarge(bytes: number, setting: 'kv_max_value_size' | 'txn_max_req_len'): Fault {
  return new Fault(
    413,
    `Request body(${bytes} bytes) too large, max size: ${MAX_BODY_BYTES} bytes. See https://www.consul.io/docs/agent/options.html#${setting}.`,
    { Connection: 'close' },
  );
}
