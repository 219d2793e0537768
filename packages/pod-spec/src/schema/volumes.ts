import { z } from 'zod';

import { LIMITS } from '../limits.js';
import { size } from './quantity.js';
import { strict } from './strict.js';
import { absolutePath, dnsLabel, mountPath } from './text.js';

import type { PodVolume, VolumeMount } from '../types.js';

const volumeName = (): z.ZodString => dnsLabel(LIMITS.volumeName);
const hostPath = (): z.ZodString =>
  absolutePath()
    .describe('A directory or file of the host; it must exist.')
    .meta({ examples: ['/etc/ssl/certs'] });
const tmpfsSize = (): z.ZodOptional<z.ZodType<number, string | number>> =>
  size()
    .optional()
    .describe('Most that it may hold; half of the memory when absent.')
    .meta({ examples: ['64Mi'] });
const readOnly = (): z.ZodDefault<z.ZodBoolean> => z.boolean().default(false).describe('Mount it read-only.');

interface Sized {
  readonly size?: number;
}

/** Renames `size`, whose parsed form says its unit. */
function withBytes<Value extends Sized>({
  size: sizeBytes,
  ...rest
}: Value): Omit<Value, 'size'> & { sizeBytes?: number } {
  return sizeBytes === undefined ? rest : { ...rest, sizeBytes };
}

const namedVolume = strict({
  name: volumeName()
    .describe('Unique in the pod.')
    .meta({ examples: ['data'] }),
  type: z.literal('named').default('named').describe('A Docker volume.'),
}).meta({
  id: 'NamedVolume',
  title: 'Named volume',
  description:
    "A Docker volume of the slot's own. It is kept when the slot moves away or the pod is removed.",
});

const hostVolume = strict({
  name: volumeName()
    .describe('Unique in the pod.')
    .meta({ examples: ['certs'] }),
  type: z.literal('host').describe('A path of the host.'),
  hostPath: hostPath(),
}).meta({ id: 'HostVolume', title: 'Host volume', description: 'A directory or file of the host.' });

const tmpfsVolume = strict({
  name: volumeName()
    .describe('Unique in the pod.')
    .meta({ examples: ['scratch'] }),
  type: z.literal('tmpfs').describe('Memory.'),
  size: tmpfsSize(),
}).meta({
  id: 'TmpfsVolume',
  title: 'Tmpfs volume',
  description: 'Memory of a container. Each container that mounts it has its own, which ends with it.',
});

/** A volume that containers share by name. */
export const podVolume = z
  .union([namedVolume, hostVolume, tmpfsVolume])
  .transform((volume): PodVolume => (volume.type === 'tmpfs' ? withBytes(volume) : volume));

const volumeMount = strict({
  type: z.literal('volume').default('volume').describe("One of the pod's volumes."),
  volume: volumeName()
    .describe("Name of one of the pod's volumes.")
    .meta({ examples: ['data'] }),
  mountPath: mountPath()
    .describe('Absolute path in the container.')
    .meta({ examples: ['/var/lib/data'] }),
  readOnly: readOnly(),
}).meta({
  id: 'VolumeMount',
  title: 'Volume mount',
  description: "One of the pod's volumes, in this container.",
});

const hostMount = strict({
  type: z.literal('host').describe('A path of the host.'),
  hostPath: hostPath(),
  mountPath: mountPath()
    .describe('Absolute path in the container.')
    .meta({ examples: ['/certs'] }),
  readOnly: readOnly(),
}).meta({
  id: 'HostMount',
  title: 'Host mount',
  description: 'A directory or file of the host, in this container.',
});

const tmpfsMount = strict({
  type: z.literal('tmpfs').describe('Memory.'),
  mountPath: mountPath()
    .describe('Absolute path in the container.')
    .meta({ examples: ['/tmp'] }),
  size: tmpfsSize(),
}).meta({ id: 'TmpfsMount', title: 'Tmpfs mount', description: "Memory of this container's own." });

/** A volume in a container. */
export const containerMount = z
  .union([volumeMount, hostMount, tmpfsMount])
  .transform((mount): VolumeMount => (mount.type === 'tmpfs' ? withBytes(mount) : mount));
