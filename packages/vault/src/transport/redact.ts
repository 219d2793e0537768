import type { RequestSpec } from './transport.js';

/** Tokens as Vault makes them: service, batch and recovery, of today and before 1.10. */
const TOKENS = /\b(?:hv[sbr]|[sbr])\.[\w-]{20,}/g;

/** Shorter values are names and numbers; a secret as short as these is none. */
const SHORTEST = 6;

/** What Vault said, without the token of the request and without the secrets in its body, should Vault quote them. */
export function redact(text: string, { token = '', body, sensitive }: RequestSpec): string {
  const secrets = [token, ...(sensitive === true ? leavesOf(body) : [])];
  return secrets
    .filter((secret) => secret.length >= SHORTEST)
    .reduce((left, secret) => left.replaceAll(secret, '***'), text.replace(TOKENS, '***'));
}

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}
