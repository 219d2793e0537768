import type { VaultContext } from '../vault-context.js';
import { flagField, listField, refuseFields, requiredText, secondsField, textField } from '../wire/fields.js';
import { timeText } from '../wire/durations.js';
import {
  param,
  type JsonObject,
  type VaultAnswer,
  type VaultCall,
  type VaultRoute,
} from '../wire/vault-call.js';
import { badRequest, notFound } from '../wire/vault-fault.js';
import { revocationList } from './certificates.js';
import { pkiLeases } from './pki-leases.js';
import { generateRoot, issue, keyKind } from './pki-issue.js';
import {
  authorityKey,
  authorityOf,
  findIssued,
  findPkiRole,
  issuedKey,
  pkiRoleKey,
  type PkiRole,
} from './pki-records.js';

const PEM = 'application/pem-certificate-chain';

/** The PKI engine: one authority for each mount, which signs itself. */
export function pkiRoutes(context: VaultContext): readonly VaultRoute[] {
  context.leases.serve('pki', pkiLeases(context));
  return [
    { path: 'root/generate/internal', write: (call) => generateRoot(context, call) },
    {
      path: 'root',
      delete: (call) => {
        dropRoot(context, call);
        return undefined;
      },
      sudo: true,
    },
    { path: 'issue/:name', write: (call) => issue(context, call) },
    { path: 'revoke', write: (call) => revoke(context, call) },
    ...roleRoutes(context),
    ...certificateRoutes(context),
  ];
}

function roleRoutes(context: VaultContext): readonly VaultRoute[] {
  const find = (call: VaultCall): PkiRole | undefined => findPkiRole(context, call, param(call, 'name'));
  return [
    { path: 'roles', list: (call) => listed(context, pkiRoleKey(call, '')) },
    {
      path: 'roles/:name',
      read: (call) => {
        const role = find(call);
        if (role === undefined) throw notFound();
        return { data: showRole(role) };
      },
      write: (call) => {
        context.store.put('engine', pkiRoleKey(call, param(call, 'name')), { ...roleFrom(call, find(call)) });
        return undefined;
      },
      delete: (call) => {
        context.store.delete('engine', pkiRoleKey(call, param(call, 'name')));
        return undefined;
      },
    },
  ];
}

function certificateRoutes(context: VaultContext): readonly VaultRoute[] {
  const authority = (call: VaultCall): VaultAnswer => ({
    text: { type: PEM, body: authorityOf(context, call).certificate },
  });
  const list = async (call: VaultCall): Promise<VaultAnswer> => ({
    text: { type: 'application/x-pem-file', body: await listOfRevoked(context, call) },
  });
  return [
    { path: 'ca/pem', open: true, read: authority },
    { path: 'ca_chain', open: true, read: authority },
    { path: 'crl/pem', open: true, read: list },
    { path: 'certs', list: (call) => listed(context, issuedKey(call, '')) },
    {
      path: 'cert/:serial',
      open: true,
      read: (call) => {
        const serial = param(call, 'serial');
        if (serial === 'ca' || serial === 'ca_chain')
          return { data: { certificate: authorityOf(context, call).certificate, revocation_time: 0 } };
        const issued = findIssued(context, call, serial);
        if (issued === undefined) throw notFound();
        return {
          data: { certificate: issued.certificate, revocation_time: Math.floor(issued.revokedMs / 1000) },
        };
      },
    },
  ];
}

function revoke(context: VaultContext, call: VaultCall): VaultAnswer {
  const serial = requiredText(call.body, 'serial_number');
  const issued = findIssued(context, call, serial);
  if (issued === undefined) throw badRequest(`certificate with serial ${serial} not found`);
  const revokedMs = issued.revokedMs === 0 ? context.clock() : issued.revokedMs;
  context.store.put('engine', issuedKey(call, serial), { ...issued, revokedMs });
  return {
    data: { revocation_time: Math.floor(revokedMs / 1000), revocation_time_rfc3339: timeText(revokedMs) },
  };
}

function listOfRevoked(context: VaultContext, call: VaultCall): Promise<string> {
  const folder = issuedKey(call, '');
  const revoked = context.store.keys('engine', folder).flatMap((key) => {
    const serialNumber = key.slice(folder.length);
    const revokedMs = findIssued(context, call, serialNumber)?.revokedMs ?? 0;
    return revokedMs === 0 ? [] : [{ serialNumber, revokedMs }];
  });
  return revocationList(authorityOf(context, call), revoked, context.clock());
}

function dropRoot(context: VaultContext, call: VaultCall): undefined {
  context.store.delete('engine', authorityKey(call));
}

function listed(context: VaultContext, folder: string): VaultAnswer {
  const keys = context.store.keys('engine', folder).map((key) => key.slice(folder.length));
  if (keys.length === 0) throw notFound();
  return { data: { keys } };
}

/** What the request does not name stays as it was. */
function roleFrom(call: VaultCall, before: PkiRole | undefined): PkiRole {
  const { body } = call;
  if (textField(body, 'key_type') === 'any')
    throw badRequest('key_type "any" is not provided by the embedded server');
  refuseFields(body, [
    'allowed_uri_sans',
    'allowed_other_sans',
    'allowed_domains_template',
    'policy_identifiers',
  ]);
  const flag = (name: string, otherwise: boolean): boolean => flagField(body, name) ?? otherwise;
  return {
    ...keyKind(body, before),
    allowedDomains: listField(body, 'allowed_domains') ?? before?.allowedDomains ?? [],
    allowBareDomains: flag('allow_bare_domains', before?.allowBareDomains ?? false),
    allowSubdomains: flag('allow_subdomains', before?.allowSubdomains ?? false),
    allowGlobDomains: flag('allow_glob_domains', before?.allowGlobDomains ?? false),
    allowAnyName: flag('allow_any_name', before?.allowAnyName ?? false),
    allowLocalhost: flag('allow_localhost', before?.allowLocalhost ?? true),
    allowIpSans: flag('allow_ip_sans', before?.allowIpSans ?? true),
    serverFlag: flag('server_flag', before?.serverFlag ?? true),
    clientFlag: flag('client_flag', before?.clientFlag ?? true),
    noStore: flag('no_store', before?.noStore ?? false),
    generateLease: flag('generate_lease', before?.generateLease ?? false),
    ttlSec: secondsField(body, 'ttl') ?? before?.ttlSec ?? 0,
    maxTtlSec: secondsField(body, 'max_ttl') ?? before?.maxTtlSec ?? 0,
  };
}

function showRole(role: PkiRole): JsonObject {
  return {
    allow_any_name: role.allowAnyName,
    allow_bare_domains: role.allowBareDomains,
    allow_glob_domains: role.allowGlobDomains,
    allow_ip_sans: role.allowIpSans,
    allow_localhost: role.allowLocalhost,
    allow_subdomains: role.allowSubdomains,
    allowed_domains: role.allowedDomains,
    client_flag: role.clientFlag,
    generate_lease: role.generateLease ?? false,
    key_bits: role.keyBits,
    key_type: role.keyType,
    max_ttl: role.maxTtlSec,
    no_store: role.noStore,
    server_flag: role.serverFlag,
    ttl: role.ttlSec,
  };
}
