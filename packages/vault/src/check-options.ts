import { badOptions } from './refusals.js';
import type { VaultAuth, VaultOptions } from './vault-options.js';

/** @throws VaultError VAULT_BAD_OPTIONS, with everything that is wrong. */
export function checkOptions(options: VaultOptions): void {
  const problems = problemsOf(options);
  if (problems.length > 0) throw badOptions(problems.join(' '));
}

/** Everything that is wrong, a sentence each. Never holds a value that is a secret. */
export function problemsOf({ address, auth, timeoutMs, namespace }: VaultOptions): readonly string[] {
  return [
    ...addressProblems(address),
    ...authProblems(auth),
    ...(timeoutMs === undefined || isWhole(timeoutMs)
      ? []
      : [`The deadline is ${timeoutMs}: it is a whole number of milliseconds, at least 1.`]),
    ...(namespace === undefined || /^[\w./-]+$/.test(namespace)
      ? []
      : ['The namespace has characters that none has.']),
  ];
}

function addressProblems(address: string): readonly string[] {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isPlain =
    url !== undefined &&
    ['http:', 'https:'].includes(url.protocol) &&
    ['', '/'].includes(url.pathname) &&
    `${url.search}${url.hash}${url.username}${url.password}` === '';
  // Not repeated: it may hold a password.
  return isPlain
    ? []
    : ['The address must be http://host:port or https://host:port, with nothing after it and no user in it.'];
}

function authProblems(auth: VaultAuth): readonly string[] {
  switch (auth.method) {
    case 'token':
      return missing({ token: auth.token });
    case 'approle':
      return missing({ 'role id': auth.roleId, 'secret id': auth.secretId });
    case 'jwt':
      return missing({ role: auth.role, 'JWT file': auth.file });
  }
}

/** A value that a header cannot hold would fail later, and be quoted by the failure. */
function missing(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === '') return [`The ${name} is empty.`];
    return /^[\u0020-\u007e]+$/.test(value)
      ? []
      : [`The ${name} has line breaks or other characters that none has.`];
  });
}

function isWhole(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 2 ** 31 - 1;
}
