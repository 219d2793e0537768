import { splayDelayMs } from './splay.js';
import { needsOf, strongest } from './secret-needs.js';
import { slotRefOf } from '@raftainer/pod-spec';

import type { KvCache } from './kv-cache.js';
import type { SourceUse } from './secret-needs.js';
import type { SlotHolding } from './slot-holding.js';
import type { ContainerSecrets, SecretChangeView, SecretUseView, SlotSecretsView } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** What a view is made of besides the slot itself. */
export interface SecretsWorld {
  readonly kv: KvCache;
  readonly splayMs: number;
  /** How many leases of earlier holders are still to be revoked. */
  readonly leftovers: (id: SlotId) => number;
}

/** What is known of a slot's secrets; never a value. */
export function slotSecretsView(holding: SlotHolding, world: SecretsWorld): SlotSecretsView {
  return {
    uses: holding.uses.map((use) => useView(holding, use, world)),
    changes: secretChanges(holding, world.splayMs),
  };
}

/** The running containers that were given other values than those that are known now. */
export function secretChanges(holding: SlotHolding, splayMs: number): readonly SecretChangeView[] {
  return holding.plan.flatMap(({ secrets, id }) => {
    const change = id === undefined ? undefined : changeOf(holding, secrets, id);
    if (id === undefined || change === undefined) return [];
    // A file that nobody is told about disturbs nobody.
    const waits = change.disturbs ? splayDelayMs(slotRefOf(holding.id).index, splayMs) : 0;
    return [{ containerId: id, effect: change.effect, dueAt: change.changedAt + waits }];
  });
}

interface Change {
  readonly effect: SecretChangeView['effect'];
  readonly changedAt: number;
  readonly disturbs: boolean;
}

function changeOf(holding: SlotHolding, secrets: ContainerSecrets, id: string): Change | undefined {
  const given = holding.given(secrets.container);
  // Made by an agent that remembered nothing: left alone.
  if (given?.id !== id) return undefined;
  const changed = needsOf(holding.id, secrets).filter((need) => {
    const before = given.digests[need.key];
    const now = holding.values.digestOf(need, secrets.role);
    return before !== undefined && now !== undefined && now !== before;
  });
  const effect = strongest(changed.map((need) => need.effect));
  if (effect === undefined) return undefined;
  return {
    effect,
    changedAt: Math.max(...changed.map((need) => holding.values.changedAt(need, secrets.role))),
    disturbs: changed.some(({ file }) => file?.onChange.action !== 'none'),
  };
}

function useView(holding: SlotHolding, use: SourceUse, { kv, leftovers }: SecretsWorld): SecretUseView {
  const { id, source, role, usedBy } = use;
  const base = { kind: id.kind, name: id.name, usedBy };
  if ('vault' in source) {
    const question = { path: source.vault.path, ...(role === undefined ? {} : { role }) };
    const number = kv.known(question)?.number;
    const version = number === undefined ? {} : { version: String(number) };
    return { ...base, ...version, ...troubleView(kv.trouble(question)), ...problemOf(holding, use) };
  }
  const entry = holding.leases.entries.get(id.key);
  const expiresAt = holding.expiries.of(id.key, entry?.expiresAt);
  return {
    ...base,
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    ...troubleView(entry?.trouble),
    ...leftoverView(leftovers(holding.id)),
  };
}

function troubleView(
  trouble: { readonly since: number; readonly problem?: string } | undefined,
): Pick<SecretUseView, 'staleSince' | 'problem'> {
  if (trouble === undefined) return {};
  const { since, problem } = trouble;
  return { staleSince: new Date(since).toISOString(), ...(problem === undefined ? {} : { problem }) };
}

function leftoverView(count: number): Pick<SecretUseView, 'problem'> {
  if (count === 0) return {};
  return { problem: `${count} lease(s) of earlier holders of the slot are not revoked yet` };
}

/** A key that has gone, or a value that cannot be given, while an older one is in use. */
function problemOf(holding: SlotHolding, { id, usedBy }: SourceUse): Pick<SecretUseView, 'problem'> {
  for (const { secrets } of holding.plan) {
    if (!usedBy.includes(secrets.container)) continue;
    const problem = holding.values.problemWith(id.key, secrets);
    if (problem !== undefined) return { problem };
  }
  return {};
}
