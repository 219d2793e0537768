import { optionalLeaseOf } from '../leases/read-lease.js';
import { badRequest } from '../refusals.js';
import type { Session } from '../session.js';
import { encodePath } from '../transport/path.js';
import { dataOf } from '../transport/read-answer.js';
import type { Reply } from '../transport/transport.js';
import type { CertificateRequest, IssuedCertificate, Pki } from './pki.js';

/** The PKI secrets engine over HTTP. */
export function createPki(session: Session): Pki {
  return {
    issue: async (...[role, request, options]) => {
      const path = `${mountOf(request.mount ?? options?.mount)}/issue/${encodePath(role, 'The PKI role')}`;
      const doing = `issuing a certificate for "${request.commonName}" by the PKI role "${role}"`;
      return toCertificate(
        await session.call({ doing, method: 'PUT', path, body: bodyOf(request) }, options),
      );
    },
    revoke: async (serialNumber, options) => {
      if (serialNumber === '') throw badRequest('The serial number of the certificate must not be empty.');
      const path = `${mountOf(options?.mount)}/revoke`;
      const doing = `revoking the certificate ${serialNumber}`;
      await session.call({ doing, method: 'POST', path, body: { serial_number: serialNumber } }, options);
    },
  };
}

function mountOf(mount = 'pki'): string {
  return encodePath(mount, 'The mount of the PKI engine');
}

function bodyOf({
  commonName,
  altNames,
  ipSans,
  ttlSec,
}: CertificateRequest): Readonly<Record<string, string>> {
  return {
    common_name: commonName,
    ...(altNames === undefined ? {} : { alt_names: altNames.join() }),
    ...(ipSans === undefined ? {} : { ip_sans: ipSans.join() }),
    ...(ttlSec === undefined ? {} : { ttl: `${ttlSec}s` }),
  };
}

function toCertificate(reply: Reply): IssuedCertificate {
  const data = dataOf(reply);
  const lease = optionalLeaseOf(reply);
  return {
    certificate: data.string('certificate'),
    privateKey: data.string('private_key'),
    privateKeyType: data.string('private_key_type'),
    issuingCa: data.string('issuing_ca'),
    caChain: data.strings('ca_chain'),
    serialNumber: data.string('serial_number'),
    expiresAt: data.number('expiration') * 1_000,
    ...(lease === undefined ? {} : { lease }),
  };
}
