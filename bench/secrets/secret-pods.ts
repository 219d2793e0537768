import { DATABASE_ROLE } from './bench-vault.js';

/** Where containers find the value of their secret. */
export const VALUE_FILE = '/run/secrets/value';

/** The KV secret of a pod; its value is below the key `value`. */
export function secretPath(pod: string): string {
  return `secret/${pod}`;
}

/** A file with the value of the pod's secret, which is replaced while the container runs. */
export function secretFile(pod: string): object {
  const content = { vault: { path: secretPath(pod), key: 'value' } };
  return { path: VALUE_FILE, content, onChange: 'none' };
}

/** A file with credentials that are the slot's own. */
export function databaseFile(): object {
  const template = 'postgres://{{username:url}}:{{password:url}}@database/app';
  return { path: '/run/database/url', content: { database: { role: DATABASE_ROLE, template } } };
}
