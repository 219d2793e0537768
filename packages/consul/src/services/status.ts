import type { CallOptions } from '../call-options.js';

/** State of the Raft cluster. */
export interface Status {
  /** `host:port` of the leader. Throws `CONSUL_NO_LEADER` when there is none. */
  leader(options?: CallOptions): Promise<string>;
  /** `host:port` of every server. */
  peers(options?: CallOptions): Promise<readonly string[]>;
}
