import { createHash } from 'node:crypto';

import stringify from 'safe-stable-stringify';

import type { Pod } from './types.js';

/**
 * One text for one meaning: JSON of the parsed pod with its keys sorted and its defaults spelt out. The order of
 * lists counts; the order of keys and the spelling of quantities (`30s`, `30000ms`) do not.
 */
export function canonicalForm(pod: Pod): string {
  return stringify(pod);
}

/**
 * The pod's revision: MD5 of its canonical form with one instance, 32 lower-case hex digits. It says what a slot runs,
 * so scaling is no new revision. It names, and protects nothing; for "is anything different?" compare canonical forms.
 */
export function revisionOf(pod: Pod): string {
  return createHash('md5')
    .update(canonicalForm({ ...pod, instances: 1 }))
    .digest('hex');
}
