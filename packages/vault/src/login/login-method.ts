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
  login(signal: AbortSignal): Promise<Login>;
}
