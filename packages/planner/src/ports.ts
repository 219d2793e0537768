import type { Container, Port } from '@raftainer/pod-spec';

/** A published port for which the definition names the port of the host. */
export type FixedPort = Port & { readonly hostPort: number };

/** Ports that Docker publishes on the host. */
export function publishedPorts({ ports }: Pick<Container, 'ports'>): readonly Port[] {
  return ports.filter((port) => port.publish !== 'none');
}

export function isFixed(port: Port): port is FixedPort {
  return port.hostPort !== undefined;
}

/** Published ports that the definition fixes on the host. */
export function fixedPorts(container: Pick<Container, 'ports'>): readonly FixedPort[] {
  return publishedPorts(container).filter(isFixed);
}

/** `8080/tcp`. */
export function portKey(port: Pick<Port, 'containerPort' | 'protocol'>): string {
  return `${port.containerPort}/${port.protocol}`;
}

/** The same for the port of the host: what two slots on one host cannot both have. */
export function hostPortKey({ hostPort, protocol }: Pick<FixedPort, 'hostPort' | 'protocol'>): string {
  return `${hostPort}/${protocol}`;
}

/** Says that a host port, such as `53/udp`, is taken, and what to do. */
export function portInUse(hostPort: string, holder: string): string {
  return `host port ${hostPort} is in use by ${holder}; choose another, or leave hostPort out for a dynamic one`;
}
