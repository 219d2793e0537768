import { constants, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { isObject } from '../wire/fields.js';
import type { JsonObject } from '../wire/vault-call.js';
import { badRequest, type VaultFault } from '../wire/vault-fault.js';

/** How far the clocks of those who sign may be off. */
const LEEWAY_SEC = 60;

/** What a signature algorithm of RFC 7518 needs. */
interface Algorithm {
  readonly keyType: string;
  readonly hash: string | null;
  readonly curve?: string;
  readonly pss?: boolean;
}

const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { keyType: 'rsa', hash: 'sha256' },
  RS384: { keyType: 'rsa', hash: 'sha384' },
  RS512: { keyType: 'rsa', hash: 'sha512' },
  PS256: { keyType: 'rsa', hash: 'sha256', pss: true },
  PS384: { keyType: 'rsa', hash: 'sha384', pss: true },
  PS512: { keyType: 'rsa', hash: 'sha512', pss: true },
  ES256: { keyType: 'ec', hash: 'sha256', curve: 'prime256v1' },
  ES384: { keyType: 'ec', hash: 'sha384', curve: 'secp384r1' },
  ES512: { keyType: 'ec', hash: 'sha512', curve: 'secp521r1' },
  EdDSA: { keyType: 'ed25519', hash: null },
};

/**
 * The claims of a JSON Web Token that one of the keys signed and whose time is now. Throws a 400 otherwise. A token
 * without an end is refused: it would be good for ever.
 */
export function verifyJwt(jwt: string, publicKeys: readonly string[], nowMs: number): JsonObject {
  const [header = '', payload = '', signature = '', ...more] = jwt.split('.');
  const algorithm = ALGORITHMS[String(decode(header)?.alg)];
  const claims = decode(payload);
  if (algorithm === undefined || claims === undefined || more.length > 0)
    throw invalid('not a signed JSON Web Token');
  const signed = Buffer.from(`${header}.${payload}`);
  const bytes = Buffer.from(signature, 'base64url');
  const known = publicKeys.map((pem) => createPublicKey(pem)).filter((key) => suits(algorithm, key));
  if (!known.some((key) => isSignedBy(key, { algorithm, signed, bytes })))
    throw invalid('no known key successfully validated the token signature');
  checkTimes(claims, nowMs / 1000);
  return claims;
}

function decode(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The key decides which algorithms are good, not the token. */
function suits(algorithm: Algorithm, key: KeyObject): boolean {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return (
    key.asymmetricKeyType === algorithm.keyType &&
    (algorithm.curve === undefined || algorithm.curve === curve)
  );
}

interface Signed {
  readonly algorithm: Algorithm;
  readonly signed: Buffer;
  readonly bytes: Buffer;
}

function isSignedBy(key: KeyObject, { algorithm, signed, bytes }: Signed): boolean {
  const padding =
    algorithm.pss === true
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : {};
  return verify(algorithm.hash, signed, { key, dsaEncoding: 'ieee-p1363', ...padding }, bytes);
}

function checkTimes(claims: JsonObject, nowSec: number): void {
  const { exp, nbf, iat } = claims;
  if (typeof exp !== 'number') throw invalid('the token has no expiry (exp)');
  if (nowSec > exp + LEEWAY_SEC) throw invalid('token is expired (exp)');
  if (typeof nbf === 'number' && nowSec < nbf - LEEWAY_SEC) throw invalid('token not valid yet (nbf)');
  if (typeof iat === 'number' && nowSec < iat - LEEWAY_SEC) throw invalid('token issued in the future (iat)');
}

function invalid(why: string): VaultFault {
  return badRequest(`error validating token: ${why}`);
}
