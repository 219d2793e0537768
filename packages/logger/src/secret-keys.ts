/** Tells whether the value under a key must not be written. */
export type SecretKeyTest = (key: string) => boolean;

/** Ends of names of secrets, in lower case without separators. */
const SECRET_ENDINGS: readonly string[] = [
  'accesskey',
  'apikey',
  'auth',
  'authorization',
  'bearer',
  'cookie',
  'cookies',
  'credential',
  'credentials',
  'encryptionkey',
  'jwt',
  'passwd',
  'privatekey',
  'pwd',
  'secret',
  'secretid',
  'secretkey',
  'secrets',
  'signingkey',
  'token',
  'tokens',
  'unsealkey',
];

/** Words that make a secret of any name they are in, such as `passwordHash`. */
const SECRET_PARTS: readonly string[] = ['password', 'passphrase'];

/** Said after the name of a secret, these do not change what it is: `tokenValue`. */
const WEAK_ENDING = /(?:value|string|text|raw)$/;

/** Names seen so far are remembered up to this many, since the same ones come again with every line. */
const MAX_REMEMBERED = 2_000;

/**
 * Makes the test for secret-looking keys. Case and separators do not matter (`secretId`, `SECRET_ID`,
 * `x-vault-token`); a name counts by its end, so `dbPassword` is secret and `tokenTtlMs` is not.
 */
export function secretKeyTest(more: readonly string[] = []): SecretKeyTest {
  const endings = [...SECRET_ENDINGS, ...more.map(normalise)].filter((ending) => ending !== '');
  const remembered = new Map<string, boolean>();
  return (key) => {
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const answer = looksSecret(normalise(key), endings);
    if (remembered.size < MAX_REMEMBERED) remembered.set(key, answer);
    return answer;
  };
}

/** The test for the built-in names alone. */
export const isSecretKey: SecretKeyTest = secretKeyTest();

function looksSecret(name: string, endings: readonly string[]): boolean {
  if (SECRET_PARTS.some((part) => name.includes(part))) return true;
  const core = name.replace(WEAK_ENDING, '');
  return endings.some((ending) => name.endsWith(ending) || core.endsWith(ending));
}

function normalise(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}
