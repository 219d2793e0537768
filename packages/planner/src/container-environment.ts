import { attributesOf } from '@raftainer/constraints';
import { slotIdOf } from '@raftainer/pod-spec';

import { isSecret } from './container-secrets.js';

import type { ContainerPlan } from './container-plan.js';
import type { ContainerContext } from './desired-container.js';
import type { Container, HostValue, SlotValue } from '@raftainer/pod-spec';

/** Variables that are known, and those that wait for the claim. */
export interface Environment {
  readonly env: Readonly<Record<string, string>>;
  readonly epochVariables: readonly string[];
}

/** The variables of a container, resolved for one slot on one host; those from Vault are not among them. */
export function environmentOf(context: ContainerContext, spec: Container): Environment {
  const env: Record<string, string> = {
    RAFTAINER_POD: context.slot.pod,
    RAFTAINER_INDEX: String(context.slot.index),
    RAFTAINER_HOST: context.host.name,
  };
  const epochVariables = ['RAFTAINER_EPOCH'];
  for (const [name, value] of Object.entries(spec.environment)) {
    if (isSecret(value)) continue;
    const resolved = resolveValue(context, value);
    if (resolved === undefined) epochVariables.push(name);
    else env[name] = resolved;
  }
  return { env, epochVariables };
}

/** Undefined: only known once the claim is held. */
function resolveValue(context: ContainerContext, value: string | HostValue | SlotValue): string | undefined {
  if (typeof value === 'string') return value;
  if ('host' in value) return String(attributesOf(context.host.facts)[value.host] ?? '');
  switch (value.slot) {
    case 'pod':
      return context.slot.pod;
    case 'index':
      return String(context.slot.index);
    case 'id':
      return slotIdOf(context.slot);
    case 'revision':
      return context.revision;
    case 'epoch':
      return undefined;
  }
}

/** Which fact of the host it is given is part of the configuration, its value is not: free disk space always changes. */
export function envForHash(env: ContainerPlan['env'], spec: Container): unknown {
  const facts = Object.entries(spec.environment).filter(
    ([, value]) => typeof value !== 'string' && 'host' in value,
  );
  return { ...env, ...Object.fromEntries(facts) };
}
