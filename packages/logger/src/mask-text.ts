import { isSecretKey } from './secret-keys.js';
import type { SecretKeyTest } from './secret-keys.js';
import { REDACTED } from './secret.js';

/** Longest text that is written, in UTF-16 units. */
const MAX_LENGTH = 16_384;

/** Text is masked before it is cut, from a little more than is written, so that a cut never bares half a token. */
const MASKED_LENGTH = MAX_LENGTH + 4_096;

const PRIVATE_KEY =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g;
const HEADER_LINE =
  /\b((?:proxy-)?authorization|x-vault-token|x-consul-token|x-registry-(?:auth|config)|(?:set-)?cookie)(\s{0,4}:\s{0,4})(?![\s"'])[^\r\n]+/gi;
const BEARER = /\b(Bearer)\s+[\w.~+/-]+=*/gi;
/** `hvs.`, `hvb.`, `hvr.` of today and the `s.`, `b.`, `r.` of before Vault 1.10. */
const VAULT_TOKEN = /(?<![\w.])(?:hv[sbr]\.[\w-]{6,}|[sbr]\.[A-Za-z0-9]{20,})(?:\.[\w-]+)?/g;
const JSON_WEB_TOKEN = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;
const URL_PASSWORD = /(?<![\w+.-])([a-z][\w+.-]{0,20}:\/\/[^\s/:@]{0,256}):[^\s/@]+@/gi;
/** Pairs of a key and a value. The first group is the key, and the match ends with the next group that is set: the value. */
const PAIRS: readonly RegExp[] = [
  // "key": "value"
  /"([\w.-]{1,64})"\s{0,4}:\s{0,4}"((?:[^"\\]|\\.)+)/g,
  // the same inside a JSON string: \"key\":\"value\"
  /\\"([\w.-]{1,64})\\"\s{0,4}:\s{0,4}\\"((?:[^"\\]|\\(?!").)+)/g,
  // key: 'value', as objects are inspected
  /(?<![\w.-])([\w.-]{1,64})'?:\s{1,4}'((?:[^'\\]|\\.)+)/g,
  // KEY=value
  /(?<![\w.-])([A-Za-z_][\w.-]{0,63})=(?:"([^"]+)|'([^']+)|([^\s&,;"']+))/g,
];
/** Control characters but line feed and tab: they could rewrite what a terminal shows. */
const CONTROL = /[^\P{Cc}\n\t]/gu;

/**
 * Masks what looks like a secret inside free text: bearer tokens, Vault tokens, JSON web tokens, private keys in PEM,
 * credential headers, passwords in URLs, and `key=value` or `"key":"value"` pairs with secret-looking keys.
 * Also escapes control characters, and cuts text that is longer than 16 Ki characters.
 */
export function maskText(text: string, isSecret: SecretKeyTest = isSecretKey): string {
  if (text.length < 3) return text;
  const masked = text
    .slice(0, MASKED_LENGTH)
    .replace(PRIVATE_KEY, REDACTED)
    .replace(HEADER_LINE, `$1$2${REDACTED}`)
    .replace(BEARER, `$1 ${REDACTED}`)
    .replace(VAULT_TOKEN, REDACTED)
    .replace(JSON_WEB_TOKEN, REDACTED)
    .replace(URL_PASSWORD, `$1:${REDACTED}@`);
  return cut(maskPairs(masked, isSecret).replace(CONTROL, escaped), text.length);
}

function maskPairs(text: string, isSecret: SecretKeyTest): string {
  const maskPair = (pair: string, ...groups: readonly unknown[]): string => {
    const [key, value] = groups.filter((group) => typeof group === 'string');
    const hidden = key !== undefined && value !== undefined && isSecret(key);
    return hidden ? `${pair.slice(0, -value.length)}${REDACTED}` : pair;
  };
  return PAIRS.reduce((masked, pattern) => masked.replace(pattern, maskPair), text);
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function cut(masked: string, originalLength: number): string {
  if (masked.length <= MAX_LENGTH && originalLength <= MASKED_LENGTH) return masked;
  return `${masked.slice(0, MAX_LENGTH)}… [cut; ${originalLength} characters in all]`;
}
