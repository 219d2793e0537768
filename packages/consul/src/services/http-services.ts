import type { CallOptions } from '../call-options.js';
import { isConsulError } from '../consul-error.js';
import { expectList, expectObject } from '../transport/expect-shape.js';
import type { ReadOptions, Reply, Transport } from '../transport/transport.js';
import { decodeCheck, decodeHealth, decodeService } from './decode-service.js';
import type { RawCheck, RawHealth, RawService } from './decode-service.js';
import { encodeService } from './encode-service.js';
import type { ServiceDefinition } from './service-definition.js';
import type {
  AgentSelf,
  ServiceHealth,
  ServiceHealthOptions,
  ServiceListOptions,
  Services,
} from './services.js';

/** Consul keeps this much of a check's output; the rest of a note would only make the URL long. */
const MAX_NOTE_CHARACTERS = 4_096;

/** Services over HTTP. */
export function createServices(transport: Transport): Services {
  return {
    register: (definition, options) => register(transport, definition, options),
    deregister: (id, options) => deregister(transport, id, options),
    list: async (options) => {
      const reply = await listOf(transport, 'service', options);
      return Object.values(expectObject(reply) as Record<string, RawService>).map(decodeService);
    },
    checks: async (options) => {
      const reply = await listOf(transport, 'check', options);
      return Object.values(expectObject(reply) as Record<string, RawCheck>).map(decodeCheck);
    },
    ttl: {
      pass: reporter(transport, 'pass'),
      warn: reporter(transport, 'warn'),
      fail: reporter(transport, 'fail'),
    },
    health: async (name, options) => toHealth(await readHealth(transport, name, options)),
    self: (options) => self(transport, options),
  };
}

/** Reads the health of a service. */
export function readHealth(
  transport: Transport,
  service: string,
  options?: ReadOptions & ServiceHealthOptions,
): Promise<Reply> {
  return transport.call({
    doing: `reading the health of the service "${service}"`,
    options,
    blocking: options?.blocking,
    run: (wire, input) => wire.health.service({ ...input, service, passing: options?.passing === true }),
  });
}

/** The instances of a reply to `readHealth`. */
export function toHealth(reply: Reply): readonly ServiceHealth[] {
  return (expectList(reply) as readonly RawHealth[]).map(decodeHealth);
}

async function register(
  transport: Transport,
  definition: ServiceDefinition,
  options?: CallOptions,
): Promise<void> {
  const fields = encodeService(definition);
  await transport.call({
    doing: `registering the service "${definition.id}"`,
    options,
    query: { 'replace-existing-checks': 'true' },
    run: (wire, input) => wire.agent.service.register({ ...input, ...fields }),
  });
}

/** Consul before 1.14 answers 200 for an unknown service, later ones 404. */
async function deregister(transport: Transport, id: string, options?: CallOptions): Promise<void> {
  try {
    await transport.call({
      doing: `deregistering the service "${id}"`,
      options,
      run: (wire, input) => wire.agent.service.deregister({ ...input, id }),
    });
  } catch (error) {
    if (!isConsulError(error) || error.code !== 'CONSUL_NOT_FOUND') throw error;
  }
}

function listOf(
  transport: Transport,
  what: 'service' | 'check',
  options?: ServiceListOptions,
): Promise<Reply> {
  const filter = options?.filter === undefined ? {} : { filter: options.filter };
  return transport.call({
    doing: `listing the agent's ${what}s`,
    options,
    run: (wire, input) => wire.agent[what].list({ ...input, ...filter }),
  });
}

type Report = (checkId: string, note?: string, options?: CallOptions) => Promise<void>;

function reporter(transport: Transport, verb: 'pass' | 'warn' | 'fail'): Report {
  return async (id, note, options) => {
    await transport.call({
      doing: `reporting "${verb}" for the check "${id}"`,
      options,
      run: (wire, input) =>
        wire.agent.check[verb]({
          ...input,
          id,
          ...(note === undefined ? {} : { note: note.slice(0, MAX_NOTE_CHARACTERS) }),
        }),
    });
  };
}

interface RawSelf {
  readonly DebugConfig?: Readonly<Record<string, unknown>>;
  readonly Config?: {
    readonly NodeName?: string;
    readonly Datacenter?: string;
    readonly Version?: string;
    readonly Server?: boolean;
  };
}

async function self(transport: Transport, options?: CallOptions): Promise<AgentSelf> {
  const doing = 'asking the agent who it is';
  const reply = await transport.call({ doing, options, run: (wire, input) => wire.agent.self(input) });
  const { Config: config = {}, DebugConfig: settings = {} } = expectObject(reply) as RawSelf;
  return {
    nodeName: config.NodeName ?? '',
    datacenter: config.Datacenter ?? '',
    version: config.Version ?? '',
    server: config.Server ?? false,
    settings,
  };
}
