import { assignGpus, evaluate } from '@raftainer/constraints';

import { bindAddress } from './desired-container.js';
import { policyFailures } from './host-policy.js';
import { movesByItself } from './moving-facts.js';
import { fixedPorts, hostPortKey, portInUse } from './ports.js';
import { resourceRequest } from './resource-request.js';
import { slotIdOf } from '@raftainer/pod-spec';
import { unsupportedProblems } from './unsupported.js';
import { usableGpus } from './usable-gpus.js';
import { usesVault } from './container-secrets.js';

import type { Ledger } from './ledger.js';
import type { SlotRef } from '@raftainer/pod-spec';
import type { HostView, PodView, Snapshot } from './snapshot.js';
import type { RuleFailure } from '@raftainer/constraints';
import type { FixedPort } from './ports.js';
import type { Pod } from '@raftainer/pod-spec';

/** The pod's constraints alone: what decides whether a slot that runs here may stay. */
export function constraintFailures(snapshot: Snapshot, pod: Pod): readonly RuleFailure[] {
  const constraints = pod.constraints.filter((constraint) => !movesByItself(constraint));
  return evaluate({ constraints }, { facts: snapshot.host.facts }).failures;
}

/** Everything that speaks against one more slot of the pod on this host; all of it, not the first. */
export function admissionFailures(options: {
  readonly snapshot: Snapshot;
  readonly ledger: Ledger;
  readonly pod: Pod;
  readonly slot: SlotRef;
}): readonly RuleFailure[] {
  const { snapshot, ledger, pod, slot } = options;
  const verdict = evaluate(
    { constraints: pod.constraints, resources: resourceRequest(pod) },
    { facts: snapshot.host.facts, allocated: ledger.allocatedToOthers(slotIdOf(slot)) },
  );
  return [
    ...policyFailures(snapshot.host.policy, pod),
    ...vaultFailures(snapshot.host, pod),
    ...verdict.failures,
    ...gpuFailures(options),
    ...hostPortFailures(options),
  ];
}

function vaultFailures({ hasVault }: HostView, pod: Pod): readonly RuleFailure[] {
  if (hasVault !== false || !usesVault(pod)) return [];
  return [
    {
      rule: 'vault',
      attribute: 'vault',
      operator: 'exists',
      required: 'a Vault',
      actual: 'none',
      message:
        'the pod has secrets from Vault, and the agent of this host knows no Vault: set VAULT_ADDR and a way to log in',
    },
  ];
}

/** One container after the other, so that two do not count on the same device. */
function gpuFailures({
  snapshot,
  ledger,
  pod,
  slot,
}: {
  readonly snapshot: Snapshot;
  readonly ledger: Ledger;
  readonly pod: Pod;
  readonly slot: SlotRef;
}): readonly RuleFailure[] {
  const gpus = usableGpus(snapshot.host.facts.gpus);
  const taken = new Set(ledger.gpusOfOthers(slotIdOf(slot)));
  return pod.containers.flatMap(({ resources }) => {
    if (resources.gpus === undefined) return [];
    const host = { facts: { ...snapshot.host.facts, gpus }, allocated: { gpus: [...taken] } };
    const { failures } = evaluate({ constraints: [], resources: { gpus: resources.gpus } }, host);
    for (const id of assignGpus(resources.gpus, gpus, taken) ?? []) taken.add(id);
    return failures;
  });
}

/** Why this agent cannot run a definition at all: it does not parse, or asks for what is not there yet. */
export function definitionProblems(view: PodView): readonly string[] {
  if (view.state === 'invalid') return view.problems;
  return unsupportedProblems(view.pod);
}

/** Who else has a fixed host port that a slot of this host asks for; undefined when it is free, or the slot's own. */
export function otherHolder(
  {
    snapshot,
    ledger,
    slot,
  }: { readonly snapshot: Snapshot; readonly ledger: Ledger; readonly slot: SlotRef },
  port: FixedPort,
): string | undefined {
  const { hostPort, protocol } = port;
  return ledger.otherHolder(slotIdOf(slot), {
    address: bindAddress(port, snapshot.host),
    port: hostPort,
    protocol,
  });
}

function hostPortFailures(options: {
  readonly snapshot: Snapshot;
  readonly ledger: Ledger;
  readonly pod: Pod;
  readonly slot: SlotRef;
}): readonly RuleFailure[] {
  return options.pod.containers.flatMap((container) =>
    fixedPorts(container).flatMap((port) => {
      const holder = otherHolder(options, port);
      return holder === undefined ? [] : [hostPortFailure(port, holder)];
    }),
  );
}

function hostPortFailure(port: FixedPort, holder: string): RuleFailure {
  return {
    rule: 'host-port',
    attribute: 'hostPort',
    operator: 'free',
    required: port.hostPort,
    actual: holder,
    message: portInUse(hostPortKey(port), holder),
  };
}
