import { putCheck } from '../catalog/catalog-writes.js';
import type { Clock } from '../consul-context.js';
import { nodeKey, type CheckRecord } from '../state/records.js';
import type { Store } from '../state/store.js';
import type { CheckResult } from './check-result.js';

/** Where {@link updateCheck} works. */
export interface UpdateTarget {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Records a check's result. Only a change of status is a write; a new output alone is shown but neither kept nor
 * announced, so a check that goes on passing costs nothing.
 */
export function updateCheck(target: UpdateTarget, check: CheckRecord, result: CheckResult): void {
  const { store } = target;
  const key = nodeKey(check.node, check.checkId);
  const current = store.get('checks', key);
  if (current === undefined) return;
  if (current.status === result.status) store.amend('checks', key, { ...current, output: result.output });
  else
    store.write((state) => {
      putCheck(state, { ...current, ...result }, target.clock());
    });
}
