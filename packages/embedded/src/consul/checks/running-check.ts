/** A check that is being run. */
export interface RunningCheck {
  /** Its client has reported: a TTL check begins its time anew. */
  beat(): void;
  /** Something in the catalog changed: an alias check looks again. */
  catalogChanged(): void;
  stop(): void;
}

/** What a check of any kind does unless it has its own way. */
export const IDLE_CHECK: RunningCheck = {
  beat: () => undefined,
  catalogChanged: () => undefined,
  stop: () => undefined,
};
