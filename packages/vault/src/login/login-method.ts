import type { Life } from '../time/renewal.js';

/** What a login gives. */
export interface Login extends Life {
  readonly token: string;
  /** Undefined for batch tokens, which have none. */
  readonly accessor: string | undefined;
  /** The token never ends; then `durationSec` is 0. */
  readonly endless: boolean;
  /** It does not end with the token that made it. */
  readonly orphan: boolean;
}

/** A way to get a token. */
export interface LoginMethod {
  /** Whether it can give another token when one has ended. */
  readonly repeatable: boolean;
  /** Whether what it logs in with has been replaced since the last login. Default: never. */
  readonly isReplaced?: () => boolean;
  /** The token itself is what is replaced: then the new one takes its place also while the old one is good. */
  readonly isGiven?: boolean;
  login(signal: AbortSignal): Promise<Login>;
}
