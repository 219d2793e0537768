import { randomBytes } from 'node:crypto';

/**
 * A name that no other test, run or machine uses: `prefix`, a dash and eight random hex digits. With a prefix of
 * lower-case letters, digits and dashes it is a DNS label, hence valid for containers, pods and hosts.
 */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}
