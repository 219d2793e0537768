import type { Gpu, HostFacts } from '@raftainer/constraints';
import type { Decoder } from './decoder.js';
import { array, number, object, oneOf, optional, record, string } from './decoder.js';

/** The sessions of a host: for exclusive slots, and for the others. */
export interface HostSessionIds {
  readonly exclusive: string;
  readonly shared: string;
}

/** That the Docker engine of a host does not answer; a host whose engine does says nothing. */
export interface EngineOutage {
  readonly state: 'down';
  /** When it last answered, as far as the agent knows, ISO 8601. */
  readonly since: string;
}

/** On what times the claims of a host rest, in milliseconds; see `docs/guarantees.md`. */
export interface HostTerms {
  /** How long a slot that the host loses stays closed to everybody. */
  readonly lockDelayMs: number;
  /** From the last proof of the claims to the moment when exclusive containers begin to be stopped. */
  readonly fenceAfterMs: number;
  /** From that moment until they are certainly dead. */
  readonly stopTimeoutMs: number;
  /** What is configured, when the session that the host holds was made with another lock delay. */
  readonly configuredLockDelayMs?: number;
}

/** What tells the machine of a host from others. */
export interface HostMachine {
  readonly machineId?: string;
  /** Of its Docker engine. */
  readonly engineId?: string;
}

/** What an agent tells the others about its host. */
export interface HostRecord {
  readonly host: string;
  readonly region?: string;
  /** Where ports published `internal` are bound. */
  readonly secureIp?: string;
  /** Where the host is reached by the others. */
  readonly internalIp: string;
  readonly agentVersion: string;
  readonly facts: HostFacts;
  readonly labels: Readonly<Record<string, string>>;
  /** Random id of the agent process, which tells two agents with one host name apart. */
  readonly instance: string;
  /** The sessions under which the host claims; absent in records of agents that had only one. */
  readonly sessions?: HostSessionIds;
  /** The host's engine has not answered for long: the host takes nothing, and gives up what no process of it lives. */
  readonly engine?: EngineOutage;
  /** What about the host's surroundings breaks a promise, in sentences for people. */
  readonly warnings?: readonly string[];
  /** Those in force. Absent in records of older agents, and with the embedded Consul. */
  readonly terms?: HostTerms;
  /** Absent in records of older agents. */
  readonly machine?: HostMachine;
  /** When this agent process took the host name, ISO 8601. */
  readonly since: string;
}

const gpu: Decoder<Gpu> = object<Gpu>({ id: string, vendor: string, model: string, vramBytes: number });

const facts: Decoder<HostFacts> = object<HostFacts>({
  hostname: string,
  cpu: object<HostFacts['cpu']>({ cores: number, architecture: string, model: optional(string) }),
  memory: object<HostFacts['memory']>({ totalBytes: number }),
  disk: object<HostFacts['disk']>({ totalBytes: number, freeBytes: optional(number) }),
  os: object<HostFacts['os']>({
    platform: string,
    distribution: optional(string),
    version: optional(string),
  }),
  kernel: object<HostFacts['kernel']>({ version: string }),
  region: optional(string),
  labels: record(string),
  gpus: array(gpu),
});

export const hostRecordDecoder: Decoder<HostRecord> = object<HostRecord>({
  host: string,
  region: optional(string),
  secureIp: optional(string),
  internalIp: string,
  agentVersion: string,
  facts,
  labels: record(string),
  instance: string,
  sessions: optional(object<HostSessionIds>({ exclusive: string, shared: string })),
  engine: optional(object<EngineOutage>({ state: oneOf('down'), since: string })),
  warnings: optional(array(string)),
  terms: optional(
    object<HostTerms>({
      lockDelayMs: number,
      fenceAfterMs: number,
      stopTimeoutMs: number,
      configuredLockDelayMs: optional(number),
    }),
  ),
  machine: optional(object<HostMachine>({ machineId: optional(string), engineId: optional(string) })),
  since: string,
});
