import type { VaultContext } from '../vault-context.js';
import type { VaultCall } from '../wire/vault-call.js';
import { badRequest } from '../wire/vault-fault.js';
import type { KeyKind } from './certificates.js';

/** The authority of a mount. */
export interface Authority {
  readonly certificate: string;
  /** PKCS 8, PEM. */
  readonly privateKey: string;
  readonly expiresMs: number;
}

/** What certificates may be issued, and how they are. */
export interface PkiRole extends KeyKind {
  readonly allowedDomains: readonly string[];
  readonly allowBareDomains: boolean;
  readonly allowSubdomains: boolean;
  readonly allowGlobDomains: boolean;
  readonly allowAnyName: boolean;
  readonly allowLocalhost: boolean;
  readonly allowIpSans: boolean;
  readonly serverFlag: boolean;
  readonly clientFlag: boolean;
  readonly noStore: boolean;
  /** Certificates are lent: revoking the lease revokes them. Absent in records of earlier versions: they are not. */
  readonly generateLease?: boolean;
  /** 0 = the mount's. */
  readonly ttlSec: number;
  readonly maxTtlSec: number;
}

/** A certificate that was issued; its private key is not kept. */
export interface IssuedRecord {
  readonly certificate: string;
  readonly expiresMs: number;
  /** 0 = not revoked. */
  readonly revokedMs: number;
}

/** The authority of the call's mount. Throws a 400 when there is none yet. */
export function authorityOf(context: VaultContext, call: VaultCall): Authority {
  // Only this engine writes under its own mount; this holds for all three kinds of records.
  const found = context.store.get('engine', authorityKey(call)) as unknown as Authority | undefined;
  if (found === undefined) throw badRequest('backend must be configured with a CA certificate/key');
  return found;
}

/** The role of a name; `undefined` when there is none. */
export function findPkiRole(context: VaultContext, call: VaultCall, name: string): PkiRole | undefined {
  return context.store.get('engine', pkiRoleKey(call, name)) as unknown as PkiRole | undefined;
}

/** An issued certificate by its serial number; `undefined` when there is none. */
export function findIssued(context: VaultContext, call: VaultCall, serial: string): IssuedRecord | undefined {
  return context.store.get('engine', issuedKey(call, serial)) as unknown as IssuedRecord | undefined;
}

/** Where the authority is kept. */
export function authorityKey(call: VaultCall): string {
  return `${call.mount.uuid}/authority`;
}

/** Where a role is kept. */
export function pkiRoleKey(call: VaultCall, name: string): string {
  return `${call.mount.uuid}/role/${name}`;
}

/** Where a certificate is kept. Serial numbers are written with colons or with dashes. */
export function issuedKey(call: VaultCall, serial: string): string {
  return issuedKeyIn(call.mount.uuid, serial);
}

/** The same for a mount. */
export function issuedKeyIn(mountUuid: string, serial: string): string {
  return `${mountUuid}/issued/${serial.toLowerCase().replaceAll('-', ':')}`;
}
