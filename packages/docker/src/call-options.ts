/** What every call that talks to the engine takes. */
export interface CallOptions {
  /** Ends the call with `DOCKER_ABORTED`. */
  readonly signal?: AbortSignal;
  /**
   * Deadline of the whole call, in milliseconds; then it ends with `DOCKER_TIMEOUT`. `Infinity` means none. Each
   * call names its default.
   */
  readonly timeoutMs?: number;
}
