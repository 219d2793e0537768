import type { Decoder } from './decoder.js';
import { object, optional, string } from './decoder.js';

/** What a holder writes into its claim. */
export interface ClaimInfo {
  readonly host: string;
  readonly region?: string;
  /** The revision of the pod that the holder runs or is bringing up. */
  readonly revision: string;
  /** When the slot was claimed, ISO 8601. */
  readonly since: string;
}

export const claimInfoDecoder: Decoder<ClaimInfo> = object<ClaimInfo>({
  host: string,
  region: optional(string),
  revision: string,
  since: string,
});
