import { badRequest } from '../refusals.js';

/** What would end the path early or mean another one: control characters, `?`, `#`, `%`, `\`. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const FORBIDDEN = /[\u0000-\u001f\u007f?#%\\]/;
const LONGEST = 1_024;

/**
 * A path as it goes on the wire, each segment encoded.
 *
 * @param what begins the message: `The path of the secret`
 * @throws VaultError VAULT_BAD_REQUEST
 */
export function encodePath(path: string, what: string): string {
  const problem = problemOf(path);
  if (problem !== undefined) throw badRequest(`${what} is ${JSON.stringify(shorten(path))}: ${problem}`);
  return path.split('/').map(encodeURIComponent).join('/');
}

function problemOf(path: string): string | undefined {
  if (path === '') return 'it must not be empty.';
  if (path.length > LONGEST) return `it must not be longer than ${LONGEST} characters.`;
  if (path.startsWith('/') || path.endsWith('/')) return 'leave out the slash at its beginning and end.';
  const segments = path.split('/');
  if (segments.includes('')) return 'it must not have two slashes in a row.';
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    return 'its parts must not be "." or "..".';
  }
  if (FORBIDDEN.test(path)) return 'it must not have control characters or any of ? # % \\.';
  return undefined;
}

function shorten(path: string): string {
  return path.length > 100 ? `${path.slice(0, 100)}…` : path;
}
