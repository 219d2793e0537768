/** What every call that talks to Consul takes. */
export interface CallOptions {
  /** Ends the call with `CONSUL_ABORTED`. A write that was already sent may still take effect. */
  readonly signal?: AbortSignal;
  /** Deadline of the whole call, in milliseconds. Default: the client's `timeoutMs` (10 000). */
  readonly timeoutMs?: number;
}
