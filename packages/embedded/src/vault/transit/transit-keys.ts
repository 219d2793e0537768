import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
  type SignKeyObjectInput,
} from 'node:crypto';

/** The kinds of keys that sign. */
export type TransitKeyType = 'ed25519' | 'ecdsa-p256' | 'rsa-2048' | 'rsa-4096';

/** A key with all its versions, the first being version 1. */
export interface TransitKey {
  readonly type: TransitKeyType;
  readonly deletable: boolean;
  readonly versions: readonly KeyVersion[];
}

/** One version of a key. */
export interface KeyVersion {
  readonly createdMs: number;
  /** PKCS 8, PEM. */
  readonly privateKey: string;
  /** As Vault shows it: 32 bytes in Base64 for ed25519, else PEM. */
  readonly shownPublicKey: string;
}

const TYPES: readonly string[] = ['ed25519', 'ecdsa-p256', 'rsa-2048', 'rsa-4096'];
/** An ed25519 key in SPKI is these bytes and the 32 of the key. */
const SPKI_PREFIX_BYTES = 12;

/** True for a kind of key that this engine has. */
export function isKeyType(type: string): type is TransitKeyType {
  return TYPES.includes(type);
}

/** A new version with a new key. */
export function newVersion(type: TransitKeyType, nowMs: number): KeyVersion {
  const { publicKey, privateKey } = newPair(type);
  const shownPublicKey =
    type === 'ed25519'
      ? publicKey.export({ type: 'spki', format: 'der' }).subarray(SPKI_PREFIX_BYTES).toString('base64')
      : publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return {
    createdMs: nowMs,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    shownPublicKey,
  };
}

/** Signs; with SHA-256 where the kind of key needs a hash, with PSS for RSA, as Vault does unless told otherwise. */
export function signWith(type: TransitKeyType, version: KeyVersion, input: Buffer): Buffer {
  return sign(hashOf(type), input, withPadding(type, createPrivateKey(version.privateKey)));
}

/** True when the signature is one of this version for this input. */
export function verifyWith(
  type: TransitKeyType,
  version: KeyVersion,
  { input, signature }: { readonly input: Buffer; readonly signature: Buffer },
): boolean {
  return verify(hashOf(type), input, withPadding(type, createPublicKey(version.privateKey)), signature);
}

function newPair(type: TransitKeyType): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  switch (type) {
    case 'ed25519':
      return generateKeyPairSync('ed25519');
    case 'ecdsa-p256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'rsa-2048':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
    case 'rsa-4096':
      return generateKeyPairSync('rsa', { modulusLength: 4096 });
  }
}

function hashOf(type: TransitKeyType): string | null {
  return type === 'ed25519' ? null : 'sha256';
}

function withPadding(type: TransitKeyType, key: KeyObject): SignKeyObjectInput {
  if (!type.startsWith('rsa')) return { key };
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
}
