import { folderOf } from '../state/vault-store.js';
import type { VaultContext } from '../vault-context.js';
import { flagField, refuseFields, requiredText, textField } from '../wire/fields.js';
import { timeText } from '../wire/durations.js';
import {
  param,
  type JsonObject,
  type VaultAnswer,
  type VaultCall,
  type VaultRoute,
} from '../wire/vault-call.js';
import { badRequest, notFound } from '../wire/vault-fault.js';
import {
  isKeyType,
  newVersion,
  signWith,
  verifyWith,
  type KeyVersion,
  type TransitKey,
} from './transit-keys.js';

const SIGNATURE = /^vault:v(\d+):([A-Za-z0-9+/]+={0,2})$/;

/** The transit engine: keys that never leave the server sign and verify. Encryption is not provided. */
export function transitRoutes(context: VaultContext): readonly VaultRoute[] {
  return [
    { path: 'keys', list: (call) => listKeys(context, call) },
    {
      path: 'keys/:name',
      read: (call) => ({ data: showKey(param(call, 'name'), keyOf(context, call, notFound)) }),
      write: (call) => {
        createKey(context, call);
        return undefined;
      },
      delete: (call) => {
        deleteKey(context, call);
        return undefined;
      },
    },
    {
      path: 'keys/:name/rotate',
      write: (call) => {
        rotate(context, call);
        return undefined;
      },
    },
    {
      path: 'keys/:name/config',
      write: (call) => {
        configure(context, call);
        return undefined;
      },
    },
    { path: 'sign/:name', write: (call) => sign(context, call) },
    { path: 'sign/:name/:hash', write: (call) => sign(context, call) },
    { path: 'verify/:name', write: (call) => verify(context, call) },
    { path: 'verify/:name/:hash', write: (call) => verify(context, call) },
  ];
}

function listKeys(context: VaultContext, call: VaultCall): VaultAnswer {
  const folder = keyPath(call, '');
  const keys = folderOf(context.store.keys('engine', folder), folder);
  if (keys.length === 0) throw notFound();
  return { data: { keys } };
}

/** A key that is there already stays as it is. */
function createKey(context: VaultContext, call: VaultCall): undefined {
  refuseFields(call.body, ['derived', 'convergent_encryption']);
  const type = textField(call.body, 'type') ?? 'aes256-gcm96';
  if (!isKeyType(type))
    throw badRequest(
      `unsupported key type ${JSON.stringify(type)}: the embedded server has ed25519, ecdsa-p256, rsa-2048 and rsa-4096`,
    );
  if (findKey(context, call) !== undefined) return undefined;
  save(context, call, { type, deletable: false, versions: [newVersion(type, context.clock())] });
}

function rotate(context: VaultContext, call: VaultCall): undefined {
  const key = keyOf(context, call);
  save(context, call, { ...key, versions: [...key.versions, newVersion(key.type, context.clock())] });
}

function configure(context: VaultContext, call: VaultCall): undefined {
  refuseFields(call.body, [
    'exportable',
    'allow_plaintext_backup',
    'min_decryption_version',
    'min_encryption_version',
  ]);
  const key = keyOf(context, call);
  save(context, call, { ...key, deletable: flagField(call.body, 'deletion_allowed') ?? key.deletable });
}

function deleteKey(context: VaultContext, call: VaultCall): undefined {
  const key = findKey(context, call);
  if (key === undefined) throw badRequest('could not delete key; not found');
  if (!key.deletable) throw badRequest('deletion is not allowed for this key');
  context.store.delete('engine', keyPath(call, param(call, 'name')));
}

function sign(context: VaultContext, call: VaultCall): VaultAnswer {
  const key = keyOf(context, call);
  refuseFields(call.body, ['batch_input', 'prehashed', 'context', 'key_version']);
  refuseOtherHash(call);
  const version = key.versions.length;
  const signature = signWith(key.type, versionOf(key, version), inputOf(call)).toString('base64');
  return { data: { key_version: version, signature: `vault:v${version}:${signature}` } };
}

function verify(context: VaultContext, call: VaultCall): VaultAnswer {
  const key = keyOf(context, call);
  refuseFields(call.body, ['batch_input', 'prehashed', 'context', 'hmac']);
  refuseOtherHash(call);
  const [, version = '', signature = ''] = SIGNATURE.exec(requiredText(call.body, 'signature')) ?? [];
  if (version === '') throw badRequest('invalid signature: no prefix, or not in Base64');
  const bytes = Buffer.from(signature, 'base64');
  return {
    data: {
      valid: verifyWith(key.type, versionOf(key, Number(version)), {
        input: inputOf(call),
        signature: bytes,
      }),
    },
  };
}

/** ed25519 needs none, and for the others SHA-256 is Vault's default. */
function refuseOtherHash(call: VaultCall): void {
  const hash =
    param(call, 'hash') ||
    (textField(call.body, 'hash_algorithm') ?? textField(call.body, 'algorithm') ?? '');
  if (hash !== '' && hash !== 'sha2-256')
    throw badRequest(`unsupported hash algorithm ${JSON.stringify(hash)}: use sha2-256`);
}

function inputOf(call: VaultCall): Buffer {
  const input = textField(call.body, 'input');
  if (input === undefined) throw badRequest('missing input');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(input)) throw badRequest('unable to decode input as base64');
  return Buffer.from(input, 'base64');
}

function versionOf(key: TransitKey, version: number): KeyVersion {
  const found = key.versions[version - 1];
  if (found === undefined) throw badRequest('invalid key version');
  return found;
}

function findKey(context: VaultContext, call: VaultCall): TransitKey | undefined {
  // Only this engine writes under its own mount.
  return context.store.get('engine', keyPath(call, param(call, 'name'))) as unknown as TransitKey | undefined;
}

function keyOf(
  context: VaultContext,
  call: VaultCall,
  missing = () => badRequest('signing key not found'),
): TransitKey {
  const key = findKey(context, call);
  if (key === undefined) throw missing();
  return key;
}

function save(context: VaultContext, call: VaultCall, key: TransitKey): void {
  context.store.put('engine', keyPath(call, param(call, 'name')), { ...key });
}

function keyPath(call: VaultCall, name: string): string {
  return `${call.mount.uuid}/key/${name}`;
}

/** Everything but the private keys. */
function showKey(name: string, key: TransitKey): JsonObject {
  const versions = key.versions.map((version, index) => [
    String(index + 1),
    { creation_time: timeText(version.createdMs), name: key.type, public_key: version.shownPublicKey },
  ]);
  return {
    name,
    type: key.type,
    keys: Object.fromEntries(versions),
    latest_version: key.versions.length,
    min_available_version: 0,
    min_decryption_version: 1,
    min_encryption_version: 0,
    deletion_allowed: key.deletable,
    derived: false,
    exportable: false,
    allow_plaintext_backup: false,
    supports_decryption: false,
    supports_derivation: key.type === 'ed25519',
    supports_encryption: false,
    supports_signing: true,
  };
}
