/** What every call that talks to Vault takes. */
export interface CallOptions {
  /** Ends the call with `VAULT_ABORTED`. What was already sent may still take effect. */
  readonly signal?: AbortSignal;
  /** Deadline of the whole call, a login that it waits for included, in milliseconds. Default: the client's `timeoutMs`. */
  readonly timeoutMs?: number;
}
