import type {
  ContainerSpec,
  HealthCheckSpec,
  MountSpec,
  PortSpec,
  ResourceLimits,
} from './container-spec.js';

const NANOSECONDS_PER_MS = 1_000_000;
const NANOCPUS_PER_CORE = 1_000_000_000;

/** The body of `POST /containers/create`. Absent fields are left to the image and the engine. */
export function containerBody(spec: ContainerSpec): object {
  const ports = spec.ports ?? [];
  return {
    Image: spec.image,
    Cmd: spec.command,
    Entrypoint: spec.entrypoint,
    User: spec.user,
    WorkingDir: spec.workingDir,
    Env: spec.env && Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: spec.labels,
    Hostname: spec.hostname,
    StopSignal: spec.stopSignal,
    Healthcheck: spec.healthCheck && healthCheckBody(spec.healthCheck),
    ExposedPorts: Object.fromEntries(ports.map((port) => [portKey(port), {}])),
    HostConfig: hostConfig(spec, ports),
    NetworkingConfig: networkingConfig(spec),
  };
}

function hostConfig(spec: ContainerSpec, ports: readonly PortSpec[]): object {
  return {
    RestartPolicy: { Name: 'no' },
    NetworkMode: spec.network,
    PortBindings: portBindings(ports),
    Mounts: spec.mounts?.map(mountBody),
    CapAdd: spec.capAdd,
    CapDrop: spec.capDrop,
    Privileged: spec.privileged,
    ReadonlyRootfs: spec.readOnly,
    SecurityOpt: spec.securityOpt,
    LogConfig: spec.logging && { Type: spec.logging.driver, Config: spec.logging.options },
    Ulimits: spec.ulimits?.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    Init: spec.init,
    ExtraHosts: spec.extraHosts,
    Dns: spec.dns,
    DeviceRequests: deviceRequests(spec.gpus ?? []),
    ...resourcesBody(spec.resources ?? {}),
  };
}

/** An empty request would be left out by the engine's driver in favour of every device. */
function deviceRequests(gpus: readonly number[]): readonly object[] | undefined {
  if (gpus.length === 0) return undefined;
  return [{ Driver: 'nvidia', DeviceIDs: gpus.map(String), Capabilities: [['gpu']] }];
}

/** Swap is set to the memory limit: left out, the engine would allow as much swap again. */
function resourcesBody(limits: ResourceLimits): object {
  return {
    NanoCpus: limits.cpu === undefined ? undefined : Math.round(limits.cpu * NANOCPUS_PER_CORE),
    Memory: limits.memoryBytes,
    MemorySwap: limits.memoryBytes,
    PidsLimit: limits.pids,
    ShmSize: limits.shmBytes,
  };
}

/** The engine refuses aliases on its predefined networks, so an empty list is not sent. */
function networkingConfig({ network, networkAliases = [] }: ContainerSpec): object | undefined {
  if (network === undefined || networkAliases.length === 0) return undefined;
  return { EndpointsConfig: { [network]: { Aliases: networkAliases } } };
}

/** One container port may be published several times, at different addresses. */
function portBindings(ports: readonly PortSpec[]): Readonly<Record<string, readonly object[]>> {
  const bindings: Record<string, object[]> = {};
  for (const port of ports) {
    if (port.hostIp === undefined && port.hostPort === undefined) continue;
    const hostPort = port.hostPort === undefined || port.hostPort === 0 ? '' : String(port.hostPort);
    (bindings[portKey(port)] ??= []).push({ HostIp: port.hostIp ?? '', HostPort: hostPort });
  }
  return bindings;
}

function portKey(port: PortSpec): string {
  return `${port.containerPort}/${port.protocol}`;
}

function mountBody(mount: MountSpec): object {
  switch (mount.type) {
    case 'bind':
      return { Type: 'bind', Source: mount.source, Target: mount.target, ReadOnly: mount.readOnly };
    case 'volume': {
      const VolumeOptions = mount.labels && { Labels: mount.labels };
      return {
        Type: 'volume',
        Source: mount.source,
        Target: mount.target,
        ReadOnly: mount.readOnly,
        VolumeOptions,
      };
    }
    case 'tmpfs':
      return { Type: 'tmpfs', Target: mount.target, TmpfsOptions: { SizeBytes: mount.sizeBytes } };
  }
}

function healthCheckBody(check: HealthCheckSpec | 'none'): object {
  if (check === 'none') return { Test: ['NONE'] };
  return {
    Test: ['CMD', ...check.command],
    Interval: check.intervalMs * NANOSECONDS_PER_MS,
    Timeout: check.timeoutMs * NANOSECONDS_PER_MS,
    Retries: check.retries,
    StartPeriod: check.startPeriodMs * NANOSECONDS_PER_MS,
  };
}
