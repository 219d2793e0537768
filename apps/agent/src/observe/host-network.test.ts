import { createServer } from 'node:net';
import { platform } from 'node:os';

import { describe, expect, it } from 'vitest';

import { parseRoutes, parseSockets, readHostNetwork } from './host-network.js';

import type { AddressInfo } from 'node:net';

/** Recorded on Linux 6.1, shortened. */
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2134 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 23114 1 0000000000000000 100 0 0 10 0
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 19012 1 0000000000000000 100 0 0 10 0
   2: 0A01A8C0:0016 6401A8C0:D431 01 00000000:00000000 02:000AEA1B 00000000     0        0 30514 2 0000000000000000 20 4 31 10 -1
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1 0 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 42 1 0 100 0 0 10 0
   2: 00000000000000000000000001000000:1F92 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 43 1 0 100 0 0 10 0
`;
const UDP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  312: 3500007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 20041 2 0000000000000000 0
`;
const ROUTE = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0101A8C0	0003	0	0	0	00000000	0	0	0
eth0	0001A8C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
docker0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
br-1	1000D50A	00000000	0001	0	0	0	F0FFFFFF	0	0	0
`;

const LISTEN = { protocol: 'tcp', state: '0A' } as const;

describe('parseSockets', () => {
  it('finds what listens, and leaves connections out', () => {
    expect(parseSockets(TCP, LISTEN)).toEqual([
      { address: '127.0.0.1', port: 8500, protocol: 'tcp' },
      { address: '0.0.0.0', port: 22, protocol: 'tcp' },
    ]);
  });

  it('tells all addresses, mapped IPv4 and other IPv6 apart', () => {
    expect(parseSockets(TCP6, LISTEN)).toEqual([
      { address: '::', port: 8080, protocol: 'tcp' },
      { address: '127.0.0.1', port: 8081, protocol: 'tcp' },
      { address: '[00000000000000000000000001000000]', port: 8082, protocol: 'tcp' },
    ]);
  });

  it('knows how Linux shows a bound UDP socket', () => {
    expect(parseSockets(UDP, { protocol: 'udp', state: '07' })).toEqual([
      { address: '127.0.0.53', port: 53, protocol: 'udp' },
    ]);
  });

  it('makes nothing of nothing', () => {
    expect(parseSockets('', LISTEN)).toEqual([]);
    expect(parseSockets('header\n\n   0: rubbish\n', LISTEN)).toEqual([]);
  });
});

describe('parseRoutes', () => {
  it('gives networks in CIDR notation, without the default route', () => {
    expect(parseRoutes(ROUTE)).toEqual(['192.168.1.0/24', '172.17.0.0/16', '10.213.0.16/28']);
    expect(parseRoutes('')).toEqual([]);
  });
});

describe.skipIf(platform() !== 'linux')('readHostNetwork', () => {
  it('sees what listens on this machine', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { listening } = await readHostNetwork();
    await new Promise((resolve) => server.close(resolve));
    expect(listening).toContainEqual({ address: '127.0.0.1', port, protocol: 'tcp' });
  });
});
