import { readFile } from 'node:fs/promises';

import type { ListeningView } from '@raftainer/planner';

/** What the host's network is used for already. */
export interface HostNetwork {
  readonly listening: readonly ListeningView[];
  /** Routed networks, in CIDR notation. */
  readonly routes: readonly string[];
}

/** TCP state LISTEN, and the state in which Linux shows an unconnected UDP socket (proc(5)). */
const LISTEN = '0A';
const UDP_UNCONNECTED = '07';

/**
 * Reads listening sockets and IPv4 routes from Linux's /proc. Where there is none (an engine in a virtual machine),
 * both are empty and the engine's own refusal is the check.
 */
export async function readHostNetwork(): Promise<HostNetwork> {
  const [tcp, tcp6, udp, udp6, route] = await Promise.all(
    ['tcp', 'tcp6', 'udp', 'udp6', 'route'].map(readProc),
  );
  return {
    listening: [
      ...parseSockets(tcp ?? '', { protocol: 'tcp', state: LISTEN }),
      ...parseSockets(tcp6 ?? '', { protocol: 'tcp', state: LISTEN }),
      ...parseSockets(udp ?? '', { protocol: 'udp', state: UDP_UNCONNECTED }),
      ...parseSockets(udp6 ?? '', { protocol: 'udp', state: UDP_UNCONNECTED }),
    ],
    routes: parseRoutes(route ?? ''),
  };
}

/** Parses /proc/net/{tcp,udp}{,6}: the second column is `ADDRESS:PORT` in hex, the fourth the state. */
export function parseSockets(
  table: string,
  kind: { readonly protocol: 'tcp' | 'udp'; readonly state: string },
): readonly ListeningView[] {
  return rowsOf(table).flatMap((columns) => {
    const [address, port] = columns[1]?.split(':') ?? [];
    if (address === undefined || port === undefined || columns[3] !== kind.state) return [];
    return [{ address: addressOf(address), port: parseInt(port, 16), protocol: kind.protocol }];
  });
}

/** Parses /proc/net/route. The default route and single hosts are left out: they take nothing away. */
export function parseRoutes(table: string): readonly string[] {
  return rowsOf(table).flatMap((columns) => {
    const [, destination, , , , , , mask] = columns;
    if (destination === undefined || mask === undefined || mask === '00000000') return [];
    const prefixLength = parseInt(mask, 16).toString(2).replaceAll('0', '').length;
    return [`${addressOf(destination)}/${prefixLength}`];
  });
}

function rowsOf(table: string): readonly (readonly string[])[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns.length > 3);
}

/** Little-endian words: `0100007F` is 127.0.0.1. Of IPv6 only "all", mapped IPv4 and "another address" matter here. */
function addressOf(hex: string): string {
  if (hex.length === 8) return ipv4Of(hex);
  if (/^0+$/.test(hex)) return '::';
  if (hex.startsWith('0000000000000000FFFF0000')) return ipv4Of(hex.slice(24));
  return `[${hex}]`;
}

function ipv4Of(hex: string): string {
  return [6, 4, 2, 0].map((at) => parseInt(hex.slice(at, at + 2), 16)).join('.');
}

async function readProc(name: string): Promise<string> {
  return readFile(`/proc/net/${name}`, 'utf8').catch(() => '');
}
