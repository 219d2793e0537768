import { z } from 'zod';

import { LIMITS } from '../limits.js';
import { whole } from './quantity.js';
import { strict } from './strict.js';
import { dnsLabel, hostName } from './text.js';

/** A number of a port. */
export function portNumber(): z.ZodInt {
  return whole(1, 65_535);
}

/** A port that a container listens on. */
export const port = strict({
  name: dnsLabel(LIMITS.portName)
    .optional()
    .describe('Unique in the pod. A named, published port is found in Consul as `{pod}-{name}`.')
    .meta({ examples: ['http'] }),
  containerPort: portNumber()
    .describe('Where the container listens.')
    .meta({ examples: [8080] }),
  protocol: z.enum(['tcp', 'udp']).default('tcp').describe('Transport.'),
  publish: z
    .enum(['internal', 'external', 'none'])
    .default('none')
    .describe(
      "`internal`: on the host's secure address only; `external`: on all addresses of the host; `none`: only on the pod's own network.",
    ),
  hostPort: portNumber()
    .optional()
    .describe("A fixed port of the host. Without it, one from the agent's range.")
    .meta({ examples: [443] }),
  hostname: hostName()
    .optional()
    .describe(
      'Host name under which an ingress serves this port (Traefik tags in Consul). Needs `name` and `publish`.',
    )
    .meta({ examples: ['www.example.com'] }),
}).meta({ id: 'Port', title: 'Port', description: 'A port that a container listens on.' });
