import { LABELS } from '@raftainer/planner';

import type { ContainerSpec } from '@raftainer/docker';
import type { ContainerPlan } from '@raftainer/planner';

/** What Docker is asked for: the plan, completed with the epoch that only the holder of the claim knows. */
export function containerSpec(plan: ContainerPlan, epoch: number | undefined): ContainerSpec {
  const text = String(epoch ?? 0);
  const epochs = Object.fromEntries(plan.epochVariables.map((name) => [name, text]));
  const { name, image, network, networkAliases, ports, mounts, resources, healthCheck } = plan;
  return {
    name,
    image,
    command: plan.command,
    entrypoint: plan.entrypoint,
    user: plan.user,
    workingDir: plan.workingDir,
    env: { ...plan.env, ...epochs },
    labels: { ...plan.labels, [LABELS.epoch]: text },
    network,
    networkAliases,
    ports,
    mounts,
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
