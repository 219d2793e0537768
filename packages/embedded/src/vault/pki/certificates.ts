import { createPrivateKey, createPublicKey, randomBytes, webcrypto, type KeyObject } from 'node:crypto';
import type * as X509Module from '@peculiar/x509';
import type { Extension, JsonGeneralNames } from '@peculiar/x509';

/** Which key a certificate gets. */
export interface KeyKind {
  readonly keyType: 'rsa' | 'ec';
  readonly keyBits: number;
}

/** What a certificate is to say. */
export interface CertificateWish extends KeyKind {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly notAfterMs: number;
  readonly nowMs: number;
  readonly serverFlag: boolean;
  readonly clientFlag: boolean;
}

/** A certificate with its key. */
export interface Certificate {
  /** PEM, without a final line feed. */
  readonly certificate: string;
  /** As Vault gives it: SEC 1 for `ec`, PKCS 1 for `rsa`. PEM, without a final line feed. */
  readonly privateKey: string;
  readonly privateKeyPkcs8: string;
  /** Twenty bytes in hexadecimal digits, separated by colons. */
  readonly serialNumber: string;
}

/** Who signs. */
export interface Signer {
  readonly certificate: string;
  readonly privateKey: string;
}

interface SigningKey {
  readonly key: webcrypto.CryptoKey;
  readonly algorithm: EcOrRsa;
}

type EcOrRsa =
  { name: 'ECDSA'; namedCurve: string; hash: string } | { name: 'RSASSA-PKCS1-v1_5'; hash: string };
type X509 = typeof X509Module;

/** Clocks of those who get a certificate may be behind. */
const BACKDATE_MS = 30_000;
const SERIAL_BYTES = 20;
const CURVES: Readonly<Record<number, string>> = { 256: 'P-256', 384: 'P-384', 521: 'P-521' };
const RSA_BITS: readonly number[] = [2048, 3072, 4096];

/** True for a kind of key that can be made. */
export function isKeyKind(kind: KeyKind): boolean {
  return kind.keyType === 'ec' ? kind.keyBits in CURVES : RSA_BITS.includes(kind.keyBits);
}

/** An authority that signs itself. */
export async function makeAuthority(wish: CertificateWish): Promise<Certificate> {
  const x509 = await load();
  const keys = await newKeys(wish);
  const extensions = [
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    new x509.BasicConstraintsExtension(true, undefined, true),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false),
    await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey, false),
    ...alternativeNames(x509, wish),
  ];
  const signer = { key: keys.privateKey, algorithm: algorithmOf(wish) };
  return build(x509, { wish, keys, signer, issuer: nameOf(wish.commonName), extensions });
}

/** A certificate for a server, a client or both. */
export async function issueCertificate(wish: CertificateWish, authority: Signer): Promise<Certificate> {
  const x509 = await load();
  const keys = await newKeys(wish);
  const parent = new x509.X509Certificate(authority.certificate);
  const uses = [
    ...(wish.serverFlag ? [x509.ExtendedKeyUsage.serverAuth] : []),
    ...(wish.clientFlag ? [x509.ExtendedKeyUsage.clientAuth] : []),
  ];
  const { digitalSignature, keyEncipherment, keyAgreement } = x509.KeyUsageFlags;
  const extensions = [
    new x509.KeyUsagesExtension(digitalSignature | keyEncipherment | keyAgreement, true),
    ...(uses.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(uses)]),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false),
    await x509.AuthorityKeyIdentifierExtension.create(parent, false),
    ...alternativeNames(x509, wish),
  ];
  const signer = await signingKey(authority);
  return build(x509, { wish, keys, signer, issuer: parent.subject, extensions });
}

/** The list of what an authority has taken back, PEM. */
export async function revocationList(
  authority: Signer,
  revoked: readonly { readonly serialNumber: string; readonly revokedMs: number }[],
  nowMs: number,
): Promise<string> {
  const x509 = await load();
  const { key, algorithm } = await signingKey(authority);
  const list = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(authority.certificate).subject,
    thisUpdate: new Date(nowMs),
    nextUpdate: new Date(nowMs + 72 * 3_600_000),
    entries: revoked.map(({ serialNumber, revokedMs }) => ({
      serialNumber: serialNumber.replaceAll(':', ''),
      revocationDate: new Date(revokedMs),
    })),
    signingAlgorithm: algorithm,
    signingKey: key,
  });
  return list.toString('pem');
}

interface Parts {
  readonly wish: CertificateWish;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly signer: SigningKey;
  readonly issuer: string;
  readonly extensions: Extension[];
}

async function build(x509: X509, parts: Parts): Promise<Certificate> {
  const { wish, keys, signer } = parts;
  const serial = newSerial();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString('hex'),
    subject: nameOf(wish.commonName),
    issuer: parts.issuer,
    notBefore: new Date(wish.nowMs - BACKDATE_MS),
    notAfter: new Date(wish.notAfterMs),
    publicKey: keys.publicKey,
    signingKey: signer.key,
    signingAlgorithm: signer.algorithm,
    extensions: parts.extensions,
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, type: 'pkcs8', format: 'der' });
  return {
    certificate: certificate.toString('pem').trim(),
    privateKey: traditional(key, wish.keyType),
    privateKeyPkcs8: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    serialNumber: [...serial].map((byte) => byte.toString(16).padStart(2, '0')).join(':'),
  };
}

/** Loaded when it is needed: it is large, and it needs an addition to the global `Reflect`. */
async function load(): Promise<X509> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

function newKeys(kind: KeyKind): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = algorithmOf(kind);
  const rsa = { modulusLength: kind.keyBits, publicExponent: new Uint8Array([1, 0, 1]) };
  const parameters = algorithm.name === 'ECDSA' ? algorithm : { ...algorithm, ...rsa };
  return webcrypto.subtle.generateKey(parameters, true, ['sign', 'verify']);
}

function algorithmOf(kind: KeyKind): EcOrRsa {
  if (kind.keyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return { name: 'ECDSA', namedCurve: CURVES[kind.keyBits] ?? 'P-256', hash: 'SHA-256' };
}

async function signingKey(authority: Signer): Promise<SigningKey> {
  const key = createPrivateKey(authority.privateKey);
  const algorithm = algorithmOf(kindOf(key));
  const der = key.export({ type: 'pkcs8', format: 'der' });
  return { key: await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']), algorithm };
}

function kindOf(key: KeyObject): KeyKind {
  if (key.asymmetricKeyType !== 'ec') return { keyType: 'rsa', keyBits: 2048 };
  const curve = createPublicKey(key).export({ format: 'jwk' }).crv;
  const bits = Object.entries(CURVES).find(([, name]) => name === curve)?.[0];
  return { keyType: 'ec', keyBits: Number(bits ?? 256) };
}

function traditional(key: KeyObject, type: KeyKind['keyType']): string {
  const options = { type: type === 'ec' ? 'sec1' : 'pkcs1', format: 'pem' } as const;
  return key.export(options).toString().trim();
}

function alternativeNames(x509: X509, wish: CertificateWish): readonly Extension[] {
  const names: JsonGeneralNames = [
    ...wish.dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...wish.ipAddresses.map((value) => ({ type: 'ip' as const, value })),
  ];
  return names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)];
}

function nameOf(commonName: string): string {
  return `CN=${commonName.replaceAll(/[,+"\\<>;=#]/g, String.raw`\$&`)}`;
}

/** Positive, and always of full length. */
function newSerial(): Buffer {
  const serial = randomBytes(SERIAL_BYTES);
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
  return serial;
}
