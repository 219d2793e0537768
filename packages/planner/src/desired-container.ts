import { gpuPlans } from './assign-gpus.js';
import { environmentOf, envForHash } from './container-environment.js';
import { containerSecrets } from './container-secrets.js';
import { LABELS } from './labels.js';
import { hashOf, containerName, slotName, volumeName } from './names.js';
import { portKey, publishedPorts } from './ports.js';
import { isFenced, labelsOf } from './container-labels.js';

import type { ContainerPlan, HealthCheckPlan, MountPlan, PortPlan } from './container-plan.js';
import type { SlotRef } from '@raftainer/pod-spec';
import type { HostView } from './snapshot.js';
import type { Container, Pod, PodVolume, Port, VolumeMount } from '@raftainer/pod-spec';

/** What a container of a slot is made from. */
export interface ContainerContext {
  readonly pod: Pod;
  readonly revision: string;
  readonly slot: SlotRef;
  readonly host: HostView;
}

/** A container of the definition, resolved for one slot on one host; host ports are still open. */
export interface DesiredContainer {
  readonly spec: Container;
  readonly name: string;
  /** MD5 over all that Docker needs to recreate the container for. */
  readonly configHash: string;
  readonly plan: ContainerPlan;
}

/** Resolves one container of the definition. */
export function desiredContainer(context: ContainerContext, spec: Container): DesiredContainer {
  const base = basePlan(context, spec);
  const ports = portsForHash(spec, context.host);
  const configHash = hashOf({
    ...base,
    env: envForHash(base.env, spec),
    ports,
    fenced: isFenced(context.pod),
    gpus: spec.resources.gpus,
  });
  const name = containerName(context.slot, spec.name, configHash);
  return { spec, name, configHash, plan: { ...base, name, labels: labelsOf(context, spec, configHash) } };
}

/** The plan with its host ports and GPUs filled in, and the labels that remember them. */
export function withAssigned(
  desired: DesiredContainer,
  { hostPorts, gpus }: Assigned,
  host: HostView,
): ContainerPlan {
  const ports: PortPlan[] = publishedPorts(desired.spec).map((port) => ({
    containerPort: port.containerPort,
    protocol: port.protocol,
    hostIp: bindAddress(port, host),
    hostPort: hostPorts[portKey(port)] ?? port.hostPort ?? 0,
  }));
  const labels: Record<string, string> = {
    ...desired.plan.labels,
    ...(ports.length === 0 ? {} : { [LABELS.ports]: JSON.stringify(hostPorts) }),
    ...(gpus.length === 0 ? {} : { [LABELS.gpus]: JSON.stringify(gpus) }),
  };
  return { ...desired.plan, ports, gpus: gpuPlans(gpus, host.facts), labels };
}

/** What a host gives to one container. */
export interface Assigned {
  /** By `containerPort/protocol`. */
  readonly hostPorts: Readonly<Record<string, number>>;
  /** Ids of devices. */
  readonly gpus: readonly string[];
}

/** Internal ports are bound to the secure address only, external ones to all. */
export function bindAddress(port: Port, host: HostView): string {
  return port.publish === 'internal' ? host.secureIp : '0.0.0.0';
}

function basePlan(context: ContainerContext, spec: Container): ContainerPlan {
  const { env, epochVariables } = environmentOf(context, spec);
  const healthCheck = healthCheckOf(spec);
  const secrets = containerSecrets(spec, context.pod.vault);
  return {
    name: '',
    container: spec.name,
    image: spec.image,
    command: spec.command,
    entrypoint: spec.entrypoint,
    user: spec.user,
    workingDir: spec.workingDir,
    env,
    epochVariables,
    ...(secrets === undefined ? {} : { secrets }),
    labels: context.pod.labels,
    network: slotName(context.slot),
    networkAliases: [spec.name],
    ports: [],
    mounts: spec.volumes.map((mount) => mountOf(context, mount)),
    resources: limitsOf(spec),
    gpus: [],
    capAdd: spec.capAdd,
    capDrop: spec.capDrop,
    privileged: spec.privileged,
    readOnly: spec.readOnly,
    securityOpt: spec.securityOpt,
    ...(healthCheck === undefined ? {} : { healthCheck }),
    logging: spec.logging,
    ulimits: spec.ulimits,
    init: spec.init,
    extraHosts: spec.extraHosts,
    dns: spec.dns,
    stopSignal: spec.stopSignal,
    hostname: spec.name,
  };
}

function limitsOf({ resources }: Container): ContainerPlan['resources'] {
  const { cpu, memoryBytes, pids, shmBytes } = resources;
  return { cpu, memoryBytes, pids, shmBytes };
}

/** The address is part of the configuration, a dynamic port's number is not. */
function portsForHash(spec: Container, host: HostView): unknown {
  return publishedPorts(spec).map((port) => ({
    key: portKey(port),
    hostPort: port.hostPort,
    address: bindAddress(port, host),
  }));
}

function mountOf(context: ContainerContext, mount: VolumeMount): MountPlan {
  if (mount.type === 'tmpfs') {
    return { type: 'tmpfs', target: mount.mountPath, sizeBytes: mount.sizeBytes };
  }
  if (mount.type === 'host') return bind(mount.hostPath, mount);
  const volume = context.pod.volumes.find((candidate) => candidate.name === mount.volume);
  return podVolumeMount(context, volume ?? { name: mount.volume, type: 'named' }, mount);
}

interface MountTarget {
  readonly mountPath: string;
  readonly readOnly: boolean;
}

function podVolumeMount(context: ContainerContext, volume: PodVolume, mount: MountTarget): MountPlan {
  switch (volume.type) {
    case 'host':
      return bind(volume.hostPath, mount);
    case 'tmpfs':
      return { type: 'tmpfs', target: mount.mountPath, sizeBytes: volume.sizeBytes };
    case 'named':
      return {
        type: 'volume',
        source: volumeName(context.slot, volume.name),
        target: mount.mountPath,
        readOnly: mount.readOnly,
        labels: {
          [LABELS.host]: context.host.name,
          [LABELS.pod]: context.slot.pod,
          [LABELS.index]: String(context.slot.index),
          [LABELS.volume]: volume.name,
        },
      };
  }
}

function bind(source: string, mount: MountTarget): MountPlan {
  return { type: 'bind', source, target: mount.mountPath, readOnly: mount.readOnly };
}

/** HTTP and TCP checks are the agent's; the image's own would only contradict them. */
function healthCheckOf(spec: Container): HealthCheckPlan | 'none' | undefined {
  const check = spec.healthCheck;
  if (check === undefined || check.type === 'docker') return undefined;
  if (check.type !== 'exec') return 'none';
  return {
    command: check.command,
    intervalMs: check.intervalMs,
    timeoutMs: check.timeoutMs,
    retries: check.threshold,
    startPeriodMs: check.startPeriodMs,
  };
}
