import { isIP } from 'node:net';
import { badRequest } from '../wire/vault-fault.js';
import type { PkiRole } from './pki-records.js';

const LABEL = /^(?:\*|[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)$/i;

/** The names that a certificate is asked for. */
export interface AskedNames {
  readonly commonName: string;
  readonly altNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Throws a 400 for the first name that the role does not allow. */
export function checkNames(role: PkiRole, names: AskedNames): void {
  if (!isAllowed(role, names.commonName))
    throw badRequest(`common name ${names.commonName} not allowed by this role`);
  const alternative = names.altNames.find((name) => !isAllowed(role, name));
  if (alternative !== undefined)
    throw badRequest(`subject alternate name ${alternative} not allowed by this role`);
  const wrong = names.ipAddresses.find((address) => isIP(address) === 0);
  if (wrong !== undefined) throw badRequest(`the value "${wrong}" is not a valid IP address`);
  if (names.ipAddresses.length > 0 && !role.allowIpSans)
    throw badRequest('IP Subject Alternative Names are not allowed in this role');
}

function isAllowed(role: PkiRole, name: string): boolean {
  if (!name.split('.').every((label) => LABEL.test(label))) return false;
  if (role.allowAnyName) return true;
  if (role.allowLocalhost && name.toLowerCase() === 'localhost') return true;
  return role.allowedDomains.some((domain) => fits(role, domain.toLowerCase(), name.toLowerCase()));
}

function fits(role: PkiRole, domain: string, name: string): boolean {
  if (role.allowBareDomains && name === domain) return true;
  if (role.allowSubdomains && name.endsWith(`.${domain}`)) return true;
  return role.allowGlobDomains && domain.includes('*') && glob(domain).test(name);
}

function glob(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`);
}
