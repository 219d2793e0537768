import { ignoringAbsence } from './absence.js';
import type { Engine } from './engine.js';
import { labelFilter } from './label-filter.js';
import { parseNetwork, parseNetworkDetails } from './parse-network.js';
import type { WireNetwork } from './parse-network.js';
import { pathSegment } from './path-segment.js';
import type { Networks, NetworkSpec } from './networks.js';

/** The networks of this engine. */
export function createNetworks(engine: Engine): Networks {
  return {
    list: async (options = {}) => {
      const query = { filters: labelFilter(options.labels) };
      const request = { doing: 'list the networks', method: 'GET', path: '/networks', query } as const;
      return ((await engine.read(request, options)) as readonly WireNetwork[]).map(parseNetwork);
    },
    inspect: async (id, options) => {
      const path = `/networks/${pathSegment(id)}`;
      const answer = await engine.read({ doing: `inspect network ${id}`, method: 'GET', path }, options);
      return parseNetworkDetails(answer as WireNetwork);
    },
    create: async (spec, options) => {
      const request = {
        doing: `create network ${spec.name}`,
        method: 'POST',
        path: '/networks/create',
      } as const;
      const answer = await engine.change({ ...request, body: networkBody(spec) }, options);
      return (answer as { readonly Id: string }).Id;
    },
    remove: async (id, options) => {
      const path = `/networks/${pathSegment(id)}`;
      await ignoringAbsence(
        engine.change({ doing: `remove network ${id}`, method: 'DELETE', path }, options),
      );
    },
  };
}

/** Without `CheckDuplicate` engines before 25 accept any number of networks of one name. */
function networkBody({ name, labels, subnet, internal, options }: NetworkSpec): object {
  return {
    Name: name,
    CheckDuplicate: true,
    Driver: 'bridge',
    Labels: labels,
    Internal: internal,
    Options: options,
    IPAM: subnet === undefined ? undefined : { Config: [{ Subnet: subnet }] },
  };
}
