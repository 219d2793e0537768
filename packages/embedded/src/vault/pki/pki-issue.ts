import { boundedTtl } from '../leases/bounded-ttl.js';
import type { VaultContext } from '../vault-context.js';
import { flagField, listField, refuseFields, requiredText, secondsField, textField } from '../wire/fields.js';
import { param, type JsonObject, type VaultAnswer, type VaultCall } from '../wire/vault-call.js';
import { badRequest } from '../wire/vault-fault.js';
import { checkNames, type AskedNames } from './allowed-names.js';
import {
  isKeyKind,
  issueCertificate,
  makeAuthority,
  type Certificate,
  type CertificateWish,
  type KeyKind,
} from './certificates.js';
import { lendCertificate } from './pki-leases.js';
import { authorityKey, authorityOf, findPkiRole, issuedKey, type IssuedRecord } from './pki-records.js';

/** `root/generate/internal`: the authority of the mount, whose key stays inside. */
export async function generateRoot(context: VaultContext, call: VaultCall): Promise<VaultAnswer> {
  const { body } = call;
  refuseFields(body, ['permitted_dns_domains', 'uri_sans', 'other_sans']);
  const commonName = requiredText(body, 'common_name');
  const now = context.clock();
  const { ttlSec } = boundedTtl({
    wantedSec: secondsField(body, 'ttl') ?? 0,
    defaultSec: call.mount.defaultTtlSec,
    maximaSec: [],
    mountMaxSec: call.mount.maxTtlSec,
    issuedMs: now,
    nowMs: now,
  });
  const notAfterMs = now + ttlSec * 1000;
  const made = await makeAuthority({
    ...keyKind(body),
    commonName,
    dnsNames: [...new Set([commonName, ...(listField(body, 'alt_names') ?? [])])],
    ipAddresses: listField(body, 'ip_sans') ?? [],
    notAfterMs,
    nowMs: now,
    serverFlag: false,
    clientFlag: false,
  });
  const { certificate, privateKeyPkcs8: privateKey, serialNumber } = made;
  context.store.put('engine', authorityKey(call), { certificate, privateKey, expiresMs: notAfterMs });
  keep(context, call, { certificate: made, expiresMs: notAfterMs });
  return {
    data: {
      certificate,
      expiration: Math.floor(notAfterMs / 1000),
      issuing_ca: certificate,
      serial_number: serialNumber,
    },
  };
}

/** `issue/{role}`: a certificate with its key, for the names that the role allows. */
export async function issue(context: VaultContext, call: VaultCall): Promise<VaultAnswer> {
  const { body } = call;
  const role = findPkiRole(context, call, param(call, 'name'));
  if (role === undefined) throw badRequest(`unknown role: ${param(call, 'name')}`);
  refuseFields(body, ['uri_sans', 'other_sans']);
  const authority = authorityOf(context, call);
  const names = askedNames(body);
  checkNames(role, names);
  const now = context.clock();
  const { ttlSec, warnings } = boundedTtl({
    wantedSec: secondsField(body, 'ttl') ?? 0,
    defaultSec: role.ttlSec || call.mount.defaultTtlSec,
    maximaSec: [role.maxTtlSec],
    mountMaxSec: call.mount.maxTtlSec,
    issuedMs: now,
    nowMs: now,
  });
  const notAfterMs = now + ttlSec * 1000;
  if (notAfterMs > authority.expiresMs)
    throw badRequest(
      'cannot satisfy request, as TTL would result in notAfter beyond the expiration of the CA certificate',
    );
  const wish = { ...role, ...namesIn(body, names), notAfterMs, nowMs: now };
  const made = await issueCertificate(wish, authority);
  if (!role.noStore) keep(context, call, { certificate: made, expiresMs: notAfterMs });
  const shown = {
    keyType: role.keyType,
    authority: authority.certificate,
    notAfterMs,
    format: formatOf(body),
  };
  const { serialNumber } = made;
  return {
    data: showIssued(made, shown),
    ...(role.generateLease === true
      ? { lease: lendCertificate(context, call, { serialNumber, ttlSec }) }
      : {}),
    ...(warnings === undefined ? {} : { warnings }),
  };
}

function askedNames(body: JsonObject): AskedNames {
  return {
    commonName: requiredText(body, 'common_name'),
    altNames: listField(body, 'alt_names') ?? [],
    ipAddresses: listField(body, 'ip_sans') ?? [],
  };
}

/** Clients look at the alternative names alone, so the common name is one of them unless that is not wanted. */
function namesIn(
  body: JsonObject,
  names: AskedNames,
): Pick<CertificateWish, 'commonName' | 'dnsNames' | 'ipAddresses'> {
  const { commonName, altNames, ipAddresses } = names;
  const own = flagField(body, 'exclude_cn_from_sans') === true ? [] : [commonName];
  return { commonName, dnsNames: [...new Set([...own, ...altNames])], ipAddresses };
}

/** Reads `key_type` and `key_bits`. */
export function keyKind(body: JsonObject, before?: KeyKind): KeyKind {
  const keyType = textField(body, 'key_type') ?? before?.keyType ?? 'rsa';
  if (keyType !== 'rsa' && keyType !== 'ec') throw badRequest(`unknown key type ${JSON.stringify(keyType)}`);
  const given = Number(textField(body, 'key_bits') ?? 0);
  const keyBits = given > 0 ? given : (before?.keyBits ?? (keyType === 'ec' ? 256 : 2048));
  const kind = { keyType, keyBits } as const;
  if (!isKeyKind(kind)) throw badRequest(`unsupported bit length for ${keyType} key: ${keyBits}`);
  return kind;
}

interface Shown {
  readonly keyType: KeyKind['keyType'];
  readonly authority: string;
  readonly notAfterMs: number;
  readonly format: 'pem' | 'pem_bundle';
}

function showIssued(made: Certificate, shown: Shown): JsonObject {
  const bundle = [made.privateKey, made.certificate, shown.authority].join('\n');
  return {
    certificate: shown.format === 'pem' ? made.certificate : bundle,
    expiration: Math.floor(shown.notAfterMs / 1000),
    issuing_ca: shown.authority,
    private_key: made.privateKey,
    private_key_type: shown.keyType,
    serial_number: made.serialNumber,
  };
}

function formatOf(body: JsonObject): Shown['format'] {
  const format = textField(body, 'format') ?? 'pem';
  if (format === 'pem' || format === 'pem_bundle') return format;
  throw badRequest(
    'the "format" path parameter must be "pem" or "pem_bundle": the embedded server has no "der"',
  );
}

function keep(
  context: VaultContext,
  call: VaultCall,
  made: { readonly certificate: Certificate; readonly expiresMs: number },
): void {
  const { certificate, serialNumber } = made.certificate;
  const record: IssuedRecord = { certificate, expiresMs: made.expiresMs, revokedMs: 0 };
  context.store.put('engine', issuedKey(call, serialNumber), { ...record });
}
