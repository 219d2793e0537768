import type { SecretStatus } from '@raftainer/cluster';
import type { SlotView } from '../fleet/pod-view.js';
import { formatAge } from './age.js';
import type { Style } from './style.js';

/** The columns of {@link secretRows}. */
export const SECRETS_HEADER: readonly string[] = [
  'SLOT',
  'KIND',
  'NAME',
  'VERSION',
  'ENDS',
  'USED BY',
  'STATE',
];

/** A row for each secret that a slot uses; never a value. */
export function secretRows(
  slot: SlotView,
  { style, now }: { readonly style: Style; readonly now: number },
): readonly (readonly string[])[] {
  return slot.secrets.map((secret) => [
    slot.slot,
    secret.kind,
    secret.name,
    secret.version ?? '-',
    endOf(secret, now),
    secret.usedBy.join(', '),
    stateOf(secret, { style, now }),
  ]);
}

/** Kept alive until then at least: what is renewed is published anew only now and then. */
function endOf({ expiresAt }: SecretStatus, now: number): string {
  if (expiresAt === undefined) return '-';
  const leftMs = Date.parse(expiresAt) - now;
  return leftMs > 0 ? `in ${formatAge(leftMs)}` : 'renewed since';
}

function stateOf(
  { staleSince, problem }: SecretStatus,
  { style, now }: { readonly style: Style; readonly now: number },
): string {
  const stale = staleSince === undefined ? [] : [`stale for ${formatAge(now - Date.parse(staleSince))}`];
  const said = [...stale, ...(problem === undefined ? [] : [problem.replace(/\s*\n\s*/g, '; ')])];
  return said.length === 0 ? style.good('up to date') : style.warn(said.join(': '));
}
