import type { ConsulContext, Identity } from '../consul-context.js';
import type { Route } from '../wire/call.js';
import { CONSUL_VERSION } from '../version.js';
import { SERVER_PORT } from './status-routes.js';

/** Consul's gossip port; nothing listens there. */
const GOSSIP_PORT = 8301;

/** `/v1/agent/self` and `/v1/agent/members`: this server, alone. */
export function agentRoutes(context: ConsulContext): readonly Route[] {
  return [
    { path: '/v1/agent/self', methods: { GET: () => ({ json: self(context) }) } },
    {
      path: '/v1/agent/members',
      methods: {
        GET: (call) => ({ json: call.query.get('wan') === '1' ? null : [member(context.identity)] }),
      },
    },
  ];
}

function self(context: ConsulContext): unknown {
  const { identity, store } = context;
  return {
    Config: {
      Datacenter: identity.datacenter,
      NodeName: identity.nodeName,
      NodeID: identity.nodeId,
      Revision: '',
      Server: true,
      Version: CONSUL_VERSION,
    },
    DebugConfig: { Datacenter: identity.datacenter, NodeName: identity.nodeName, ServerMode: true },
    Member: member(identity),
    Stats: {
      build: { prerelease: '', revision: '', version: CONSUL_VERSION },
      consul: { leader: 'true', leader_addr: `${identity.address}:${SERVER_PORT}`, server: 'true' },
      raft: { applied_index: String(store.index), num_peers: '0', state: 'Leader' },
      runtime: { arch: process.arch, os: process.platform, version: `node ${process.version}` },
    },
    Meta: { 'consul-network-segment': '' },
  };
}

function member(identity: Identity): unknown {
  return {
    Name: identity.nodeName,
    Addr: identity.address,
    Port: GOSSIP_PORT,
    Tags: {
      acls: '0',
      build: `${CONSUL_VERSION}:`,
      dc: identity.datacenter,
      id: identity.nodeId,
      port: String(SERVER_PORT),
      raft_vsn: '3',
      role: 'consul',
      segment: '',
      vsn: '2',
      vsn_max: '3',
      vsn_min: '2',
    },
    Status: 1,
    ProtocolMin: 1,
    ProtocolMax: 5,
    ProtocolCur: 2,
    DelegateMin: 2,
    DelegateMax: 5,
    DelegateCur: 4,
  };
}
