import type { NetworkDetails, NetworkMember, NetworkSummary } from './networks.js';

/** `GET /networks/{id}`, or an entry of the list, as far as it is used. */
export interface WireNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly Internal?: boolean;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null } | null;
  readonly Containers?: Readonly<Record<string, WireMember>> | null;
}

interface WireMember {
  readonly Name: string;
  /** With the length of the prefix. */
  readonly IPv4Address?: string;
}

/** Turns one entry of the engine's list into a {@link NetworkSummary}. */
export function parseNetwork(wire: WireNetwork): NetworkSummary {
  return {
    id: wire.Id,
    name: wire.Name,
    driver: wire.Driver,
    labels: wire.Labels ?? {},
    subnets: (wire.IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet === undefined ? [] : [Subnet])),
  };
}

/** Turns the engine's answer into {@link NetworkDetails}. */
export function parseNetworkDetails(wire: WireNetwork): NetworkDetails {
  const containers = Object.entries(wire.Containers ?? {}).map(parseMember);
  return { ...parseNetwork(wire), internal: wire.Internal === true, containers };
}

function parseMember([id, member]: readonly [string, WireMember]): NetworkMember {
  const ipAddress = member.IPv4Address?.replace(/\/\d+$/, '') ?? '';
  return ipAddress === '' ? { id, name: member.Name } : { id, name: member.Name, ipAddress };
}
