import { nodeKey, type CheckProbe, type CheckRecord } from '../state/records.js';
import type { StateReader } from '../state/table-set.js';
import type { CheckResult } from './check-result.js';

type AliasProbe = Extract<CheckProbe, { kind: 'alias' }>;

/** The health of the aliased service (or node) now: its first critical check, else a warning one, else passing. */
export function aliasResult(state: StateReader, alias: CheckRecord, probe: AliasProbe): CheckResult {
  const node = probe.node === '' ? alias.node : probe.node;
  const watched = state
    .list('checks', nodeKey(node, ''))
    .filter((check) => check.serviceId === probe.serviceId && !isAlias(check));
  const failing =
    watched.find((check) => check.status === 'critical') ??
    watched.find((check) => check.status === 'warning');
  if (failing !== undefined) {
    const output = `Aliased check ${JSON.stringify(failing.name)} failing: ${failing.output}`;
    return { status: failing.status, output };
  }
  return { status: 'passing', output: watched.length === 0 ? 'No checks found.' : 'All checks passing.' };
}

/** An alias that followed itself, or another that follows it, would never recover. */
function isAlias(check: CheckRecord): boolean {
  return check.run?.probe.kind === 'alias';
}
