import type { Lease } from '../leases/leases.js';
import type { EngineOptions } from './database.js';

/** What a certificate is asked for. */
export interface CertificateRequest {
  readonly commonName: string;
  /** Other DNS names. */
  readonly altNames?: readonly string[];
  readonly ipSans?: readonly string[];
  /** Life in seconds. Default: what the role says. */
  readonly ttlSec?: number;
  /** Where the engine is mounted. Default `pki`. */
  readonly mount?: string;
}

/** A certificate with its private key. All in PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly privateKey: string;
  /** `rsa`, `ec` or `ed25519`. */
  readonly privateKeyType: string;
  readonly issuingCa: string;
  /** From the issuer up; empty where Vault gives none. */
  readonly caChain: readonly string[];
  /** `3a:5f:…` */
  readonly serialNumber: string;
  /** End of the certificate, in milliseconds since 1970. It cannot be renewed: issue another before. */
  readonly expiresAt: number;
  /** Only of roles with `generate_lease`. */
  readonly lease?: Lease;
}

/** The PKI secrets engine. https://developer.hashicorp.com/vault/docs/secrets/pki */
export interface Pki {
  issue(role: string, request: CertificateRequest, options?: EngineOptions): Promise<IssuedCertificate>;
  /** Puts a certificate on the revocation list. @throws VaultError VAULT_NOT_FOUND for an unknown serial number. */
  revoke(serialNumber: string, options?: EngineOptions): Promise<void>;
}
