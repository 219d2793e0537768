import { closest } from './closest.js';
import type { HostFacts } from './host-facts.js';

/** How the values of an attribute are compared. */
export type AttributeKind = 'text' | 'number' | 'bytes' | 'architecture';

export type AttributeValue = string | number | boolean;

/** One row of the table of attributes. */
export interface AttributeInfo {
  readonly kind: AttributeKind;
  readonly description: string;
  /** Undefined when this host has no such value. */
  readonly read: (facts: HostFacts) => AttributeValue | undefined;
}

/** Every attribute a constraint can name, besides `labels.NAME`. */
export const ATTRIBUTES: Readonly<Record<string, AttributeInfo>> = {
  hostname: { kind: 'text', description: 'Name of the host', read: (facts) => facts.hostname },
  region: { kind: 'text', description: 'Where the host is, if it was told', read: (facts) => facts.region },
  'cpu.cores': { kind: 'number', description: 'Logical cores', read: (facts) => facts.cpu.cores },
  'cpu.architecture': {
    kind: 'architecture',
    description: '`amd64`, `arm64`, …; `x86_64` and `aarch64` are understood',
    read: (facts) => facts.cpu.architecture,
  },
  'cpu.model': { kind: 'text', description: 'Maker and model', read: (facts) => facts.cpu.model },
  'memory.totalBytes': { kind: 'bytes', description: 'Memory', read: (facts) => facts.memory.totalBytes },
  'disk.totalBytes': {
    kind: 'bytes',
    description: "Size of the containers' file system",
    read: (facts) => facts.disk.totalBytes,
  },
  'disk.freeBytes': { kind: 'bytes', description: 'Free space on it', read: (facts) => facts.disk.freeBytes },
  'os.platform': {
    kind: 'text',
    description: '`linux`, `darwin`, `win32`',
    read: (facts) => facts.os.platform,
  },
  'os.distribution': {
    kind: 'text',
    description: 'Such as `Debian GNU/Linux`',
    read: (facts) => facts.os.distribution,
  },
  'os.version': {
    kind: 'text',
    description: 'Release of it, such as `12`',
    read: (facts) => facts.os.version,
  },
  'kernel.version': {
    kind: 'text',
    description: 'Such as `6.1.0-18-amd64`',
    read: (facts) => facts.kernel.version,
  },
  'gpus.count': {
    kind: 'number',
    description: 'Graphics devices that compute',
    read: (facts) => facts.gpus.length,
  },
  'gpus.models': {
    kind: 'text',
    description: 'Their models, each once, sorted, separated by `, `',
    read: (facts) => (facts.gpus.length === 0 ? undefined : modelsOf(facts)),
  },
  'gpus.maxVramBytes': {
    kind: 'bytes',
    description: 'Memory of the largest, 0 without any',
    read: (facts) => facts.gpus.reduce((most, gpu) => Math.max(most, gpu.vramBytes), 0),
  },
  'gpus.totalVramBytes': {
    kind: 'bytes',
    description: 'Memory of all together',
    read: (facts) => facts.gpus.reduce((sum, gpu) => sum + gpu.vramBytes, 0),
  },
};

const LABEL_PREFIX = 'labels.';

/** An attribute that was looked up: it exists, perhaps without a value on this host; or there is none of that name. */
export type Lookup =
  | { readonly known: true; readonly kind: AttributeKind; readonly value: AttributeValue | undefined }
  | { readonly known: false; readonly suggestion: string | undefined };

/** Looks up one attribute of a host by name. */
export function lookUp(facts: HostFacts, name: string): Lookup {
  if (name.startsWith(LABEL_PREFIX) && name.length > LABEL_PREFIX.length) {
    const label = name.slice(LABEL_PREFIX.length);
    return {
      known: true,
      kind: 'text',
      value: Object.hasOwn(facts.labels, label) ? facts.labels[label] : undefined,
    };
  }
  const info = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined;
  if (info === undefined) return { known: false, suggestion: closest(name, namesOf(facts)) };
  return { known: true, kind: info.kind, value: info.read(facts) };
}

/** Name of a label of this host that was perhaps meant by an absent one. */
export function similarLabel(facts: HostFacts, name: string): string | undefined {
  return name.startsWith(LABEL_PREFIX) ? closest(name, labelNames(facts)) : undefined;
}

/** All attributes of a host that have a value, flat: the rows of {@link ATTRIBUTES}, and `labels.NAME` for each label. */
export function attributesOf(facts: HostFacts): Readonly<Record<string, AttributeValue>> {
  const pairs = namesOf(facts).map((name) => [name, valueOf(lookUp(facts, name))] as const);
  return Object.fromEntries(pairs.filter((pair): pair is [string, AttributeValue] => pair[1] !== undefined));
}

function valueOf(lookup: Lookup): AttributeValue | undefined {
  return lookup.known ? lookup.value : undefined;
}

function namesOf(facts: HostFacts): readonly string[] {
  return [...Object.keys(ATTRIBUTES), ...labelNames(facts)];
}

function labelNames(facts: HostFacts): readonly string[] {
  return Object.keys(facts.labels).map((label) => `${LABEL_PREFIX}${label}`);
}

function modelsOf(facts: HostFacts): string {
  return [...new Set(facts.gpus.map((gpu) => gpu.model))].sort().join(', ');
}
