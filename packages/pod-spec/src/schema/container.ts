import { z } from 'zod';

import { command, list } from './collections.js';
import { dependency, logging, registry, ulimit } from './container-parts.js';
import { environment } from './environment.js';
import { file } from './files.js';
import { healthCheck } from './health-check.js';
import { port } from './port.js';
import { resources } from './resources.js';
import { strict } from './strict.js';
import {
  absolutePath,
  address,
  capability,
  containerName,
  extraHost,
  imageReference,
  pattern,
  signal,
  user,
} from './text.js';
import { containerMount } from './volumes.js';

const flag = (meaning: string): z.ZodDefault<z.ZodBoolean> => z.boolean().default(false).describe(meaning);

const SECURITY_OPTION =
  /^(?:no-new-privileges(?:[:=](?:true|false))?|(?:seccomp|apparmor|label|systempaths)[:=].+)$/;

const process = {
  name: containerName()
    .describe("Unique in the pod; its host name on the pod's network.")
    .meta({ examples: ['app'] }),
  image: imageReference()
    .describe('Image reference; `:latest` when it has neither a tag nor a digest.')
    .meta({ examples: ['ghcr.io/acme/web:1.4'] }),
  role: z
    .enum(['startup', 'main', 'sidecar'])
    .default('main')
    .describe(
      '`startup`: runs to completion, in the order of the list, before the others start; `main`: the work; `sidecar`: helps it.',
    ),
  command: command()
    .optional()
    .describe("Arguments (Docker's CMD); the image's own when absent.")
    .meta({ examples: [['node', 'server.js']] }),
  entrypoint: command()
    .optional()
    .describe("Program (Docker's ENTRYPOINT); the image's own when absent.")
    .meta({ examples: [['/bin/sh', '-c']] }),
  user: user()
    .optional()
    .describe("User and group, by name or number; the image's own when absent.")
    .meta({ examples: ['1000:1000'] }),
  workingDir: absolutePath()
    .optional()
    .describe("Working directory; the image's own when absent.")
    .meta({ examples: ['/srv'] }),
  environment: environment.describe('Environment variables: text, or where the value comes from.'),
  files: list(file).describe('Files put into the container.'),
};

const running = {
  ports: list(port).describe('Ports that it listens on.'),
  volumes: list(containerMount).describe('Volumes that it mounts.'),
  resources: resources.describe('What it may use; no limits when absent.'),
  healthCheck: healthCheck.optional().describe('How its health is judged. Without it, running is healthy.'),
  dependsOn: list(dependency)
    .describe('Containers of the pod that come first.')
    .meta({ examples: [['db']] }),
  pull: z.enum(['always', 'missing', 'never']).default('missing').describe('When to pull the image.'),
  registry: registry.optional().describe("The image registry's credentials."),
  logging: logging.optional().describe("Log driver; the engine's own when absent."),
  init: flag('Run a small init as process 1, which reaps zombies and passes signals on.'),
  stopSignal: signal()
    .optional()
    .describe("Signal that asks it to stop; the image's own (else SIGTERM) when absent.")
    .meta({ examples: ['SIGINT'] }),
};

const confinement = {
  capAdd: list(capability())
    .describe('Linux capabilities added.')
    .meta({ examples: [['NET_ADMIN']] }),
  capDrop: list(capability())
    .describe('Linux capabilities taken away.')
    .meta({ examples: [['ALL']] }),
  privileged: flag('All capabilities and devices of the host. Avoid.'),
  readOnly: flag('Mount its root file system read-only.'),
  securityOpt: list(pattern(SECURITY_OPTION, 'a security option', 'no-new-privileges'))
    .describe('Security options of Docker.')
    .meta({ examples: [['no-new-privileges']] }),
  ulimits: list(ulimit).describe('Limits of the kernel on each process.'),
  extraHosts: list(extraHost())
    .describe('Lines for /etc/hosts, `name:address`.')
    .meta({ examples: [['db.internal:10.0.0.7']] }),
  dns: list(address())
    .describe('Addresses of name servers.')
    .meta({ examples: [['10.0.0.53']] }),
};

/** One container of a pod. */
export const container = strict({ ...process, ...running, ...confinement }).meta({
  id: 'Container',
  title: 'Container',
  description: 'One container of a pod. It reaches the others by their names.',
});
