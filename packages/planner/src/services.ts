import { SERVICE_META } from './labels.js';
import { portServiceId, slotName } from './names.js';
import { portKey, publishedPorts } from './ports.js';

import type { ServicePlan } from './service-plan.js';
import type { SlotRef } from '@raftainer/pod-spec';
import type { HostView, ServiceView } from './snapshot.js';
import type { Pod, Port } from '@raftainer/pod-spec';

/** What a slot's registrations follow from. */
export interface ServiceContext {
  readonly pod: Pod;
  readonly revision: string;
  readonly slot: SlotRef;
  readonly host: HostView;
  /** Of the claim; absent while it is still to be taken. */
  readonly epoch?: number;
  /** Host ports by container name, then by `containerPort/protocol`. */
  readonly hostPorts: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

/** Names under which a pod is found: its own, and one for each named port. */
export function serviceNames(pod: Pod): readonly string[] {
  const ports = pod.containers.flatMap((container) => container.ports);
  return [pod.name, ...ports.filter(isAdvertised).map((port) => portServiceName(pod, port))];
}

/** The services of a slot: the pod itself, then one per named, published port. */
export function desiredServices(context: ServiceContext): readonly ServicePlan[] {
  const portServices = context.pod.containers.flatMap((container) =>
    publishedPorts(container)
      .filter(isAdvertised)
      .map((port) => portService(context, port, context.hostPorts.get(container.name)?.[portKey(port)])),
  );
  return [podService(context), ...portServices];
}

/** Whether a registration still says what it should. */
export function sameService(desired: ServicePlan, observed: ServiceView): boolean {
  return (
    observed.stale !== true &&
    desired.name === observed.name &&
    desired.address === observed.address &&
    (desired.port ?? 0) === (observed.port ?? 0) &&
    desired.tags.length === observed.tags.length &&
    desired.tags.every((tag) => observed.tags.includes(tag)) &&
    Object.entries(desired.meta).every(([key, value]) => observed.meta[key] === value)
  );
}

type NamedPort = Port & { readonly name: string };

function isAdvertised(port: Port): port is NamedPort {
  return port.name !== undefined && port.publish !== 'none';
}

function portServiceName(pod: Pod, port: NamedPort): string {
  return `${pod.name}-${port.name}`;
}

function podService(context: ServiceContext): ServicePlan {
  const id = slotName(context.slot);
  return {
    id,
    name: context.pod.name,
    address: context.host.internalIp,
    tags: placeTags(context.host),
    meta: metaOf(context),
    checkId: checkIdOf(id),
  };
}

function portService(context: ServiceContext, port: NamedPort, hostPort: number | undefined): ServicePlan {
  const id = portServiceId(context.slot, port.name);
  const name = portServiceName(context.pod, port);
  return {
    id,
    name,
    address: context.host.internalIp,
    port: hostPort,
    tags: [...placeTags(context.host), ...ingressTags(name, port)],
    meta: { ...metaOf(context), [SERVICE_META.port]: port.name },
    checkId: checkIdOf(id),
  };
}

/** Id of the TTL check of a service. */
export function checkIdOf(serviceId: string): string {
  return `${serviceId}/health`;
}

/** Id of the alias check of a service, which says whether somebody looks after its host. */
export function aliasCheckIdOf(serviceId: string): string {
  return `${serviceId}/host`;
}

/** The last tells that the service follows its host's heartbeat: agents that know none see a difference, and register it their way. */
function placeTags(host: HostView): readonly string[] {
  const region = host.region === undefined ? [] : [`region=${host.region}`];
  return [`host=${host.name}`, ...region, `heartbeat=${host.name}`];
}

/** Traefik's Consul catalogue provider reads its configuration from tags. */
function ingressTags(router: string, port: Port): readonly string[] {
  if (port.hostname === undefined) return [];
  return ['traefik.enable=true', `traefik.http.routers.${router}.rule=Host(\`${port.hostname}\`)`];
}

function metaOf(context: ServiceContext): Readonly<Record<string, string>> {
  return {
    [SERVICE_META.host]: context.host.name,
    [SERVICE_META.pod]: context.slot.pod,
    [SERVICE_META.index]: String(context.slot.index),
    [SERVICE_META.revision]: context.revision,
    ...(context.host.region === undefined ? {} : { [SERVICE_META.region]: context.host.region }),
    ...(context.epoch === undefined ? {} : { [SERVICE_META.epoch]: String(context.epoch) }),
  };
}
