import type {
  ContainerState,
  ContainerSummary,
  NetworkAttachment,
  PublishedPort,
} from './container-summary.js';
import { parseStatusText } from './status-text.js';

/** `GET /containers/json`, as far as it is used. */
export interface WireSummary {
  readonly Id: string;
  readonly Names?: readonly string[] | null;
  readonly Image: string;
  readonly ImageID: string;
  readonly Created: number;
  readonly State: ContainerState;
  readonly Status: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Ports?: readonly WirePort[] | null;
  readonly NetworkSettings?: { readonly Networks?: WireNetworks | null } | null;
}

/** The networks of a container, by name. */
export type WireNetworks = Readonly<Record<string, { readonly IPAddress?: string } | null>>;

interface WirePort {
  readonly IP?: string;
  readonly PrivatePort: number;
  readonly PublicPort?: number;
  readonly Type: string;
}

/** Turns one entry of the engine's list into a {@link ContainerSummary}. */
export function parseContainerSummary(wire: WireSummary): ContainerSummary {
  return {
    id: wire.Id,
    name: ownName(wire.Names ?? []),
    image: wire.Image,
    imageId: wire.ImageID,
    state: wire.State,
    ...parseStatusText(wire.Status),
    labels: wire.Labels ?? {},
    ports: (wire.Ports ?? []).map(parsePort),
    networks: parseNetworks(wire.NetworkSettings?.Networks ?? {}),
    createdAt: wire.Created * 1000,
  };
}

/** Networks in the order of their names, so that equal states give equal values. */
export function parseNetworks(networks: WireNetworks): readonly NetworkAttachment[] {
  return Object.entries(networks)
    .map(([name, network]) => ({ name, ...ipAddress(network?.IPAddress) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Links give a container more names, of the form `/other/alias`. */
function ownName(names: readonly string[]): string {
  const own = names.find((name) => name.lastIndexOf('/') === 0) ?? names[0] ?? '';
  return own.replace(/^\//, '');
}

function ipAddress(address: string | undefined): { readonly ipAddress?: string } {
  return address === undefined || address === '' ? {} : { ipAddress: address };
}

function parsePort(port: WirePort): PublishedPort {
  return {
    ...(port.IP !== undefined && port.IP !== '' && { hostIp: port.IP }),
    ...(port.PublicPort !== undefined && port.PublicPort !== 0 && { hostPort: port.PublicPort }),
    containerPort: port.PrivatePort,
    protocol: port.Type,
  };
}
