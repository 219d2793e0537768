import { VaultError } from '../vault-error.js';
import type { RequestSpec } from './transport.js';

/** What was asked when nothing came back. */
export interface UnansweredRequest {
  readonly spec: RequestSpec;
  /** Where Vault was looked for. */
  readonly address: string;
}

/** Certificates that Node does not accept: each advice is about `tls`, not about the network. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/;

/** A failure of the network as a `VaultError`. Its cause is made anew from text and system code: the original may hold the request. */
export function toVaultError(error: unknown, { spec, address }: UnansweredRequest): VaultError {
  const { code } = (typeof error === 'object' && error !== null ? error : {}) as { readonly code?: unknown };
  const message = error instanceof Error ? error.message : 'unknown failure';
  const systemCode = typeof code === 'string' ? code : undefined;
  const cause = Object.assign(new Error(message), systemCode === undefined ? {} : { code: systemCode });
  const advice = CERTIFICATE.test(systemCode ?? '')
    ? 'Check the authority (tls.ca, VAULT_CACERT) and the name in the certificate.'
    : 'Check its address and that it runs.';
  return new VaultError(
    'VAULT_UNREACHABLE',
    `No connection to Vault at ${address} while ${spec.doing}: ${systemCode ?? message}. ${advice}`,
    { retryable: true, path: spec.path, cause },
  );
}
