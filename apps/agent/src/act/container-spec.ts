import { LABELS } from '@raftainer/planner';

import type { CreationSecrets } from '../secrets/secrets.js';
import type { ContainerSpec } from '@raftainer/docker';
import type { ContainerPlan } from '@raftainer/planner';

/** What only the holder of the claim knows. */
export interface HolderFacts {
  readonly epoch: number | undefined;
  /** Values of secrets, and where the container's files are. */
  readonly secrets?: Pick<CreationSecrets, 'environment' | 'mounts'>;
}

/** What Docker is asked for: the plan, completed with what only the holder of the claim knows. */
export function containerSpec(plan: ContainerPlan, { epoch, secrets }: HolderFacts): ContainerSpec {
  const text = String(epoch ?? 0);
  const epochs = Object.fromEntries(plan.epochVariables.map((name) => [name, text]));
  const files = (secrets?.mounts ?? []).map((mount) => ({ type: 'bind', readOnly: true, ...mount }) as const);
  const { name, image, network, networkAliases, ports, mounts, resources, healthCheck } = plan;
  return {
    name,
    image,
    command: plan.command,
    entrypoint: plan.entrypoint,
    user: plan.user,
    workingDir: plan.workingDir,
    env: { ...plan.env, ...epochs, ...secrets?.environment },
    labels: { ...plan.labels, [LABELS.epoch]: text },
    network,
    networkAliases,
    ports,
    mounts: [...mounts, ...files],
    resources,
    gpus: plan.gpus.map(({ index }) => index),
    capAdd: plan.capAdd,
    capDrop: plan.capDrop,
    privileged: plan.privileged,
    readOnly: plan.readOnly,
    securityOpt: plan.securityOpt,
    ...(healthCheck === undefined ? {} : { healthCheck }),
    logging: plan.logging,
    ulimits: plan.ulimits,
    init: plan.init,
    extraHosts: plan.extraHosts,
    dns: plan.dns,
    stopSignal: plan.stopSignal,
    hostname: plan.hostname,
  };
}
