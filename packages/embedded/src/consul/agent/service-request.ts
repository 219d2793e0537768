import { isIP } from 'node:net';
import type { ServiceRecord, TaggedAddress } from '../state/records.js';
import { Fault } from '../wire/fault.js';
import { goFields, type GoFields } from '../wire/go-fields.js';
import { parseCheck, type CheckRequest } from './check-request.js';

/** A service that a client asks the agent to register. */
export interface ServiceRequest {
  readonly service: Omit<ServiceRecord, 'createIndex' | 'modifyIndex'>;
  readonly checks: readonly CheckRequest[];
}

const FIELDS = [
  'ID',
  'Name',
  'Service',
  'Tags',
  'Address',
  'Port',
  'Meta',
  'TaggedAddresses',
  'Weights',
  'EnableTagOverride',
  'Kind',
  'Check',
  'Checks',
  'Namespace',
  'Token',
  'Proxy',
  'Connect',
];

const DEFAULT_WEIGHTS = { Passing: 1, Warning: 1 };

/** Reads a service definition for the agent on `node`. */
export function parseService(value: unknown, node: string): ServiceRequest {
  const fields = goFields(value, FIELDS, { strict: true });
  const name = fields.text('Name') ?? fields.text('Service') ?? '';
  if (name === '') throw new Fault(400, 'Missing service name');
  const given = fields.text('ID') ?? '';
  const id = given === '' ? name : given;
  return {
    service: { ...parseServiceFields(fields, { node, id, name }), agent: true },
    checks: checksOf(fields, { id, name }),
  };
}

/** The parts of a service that the agent's and the catalog's endpoints have in common. */
export function parseServiceFields(
  fields: GoFields,
  who: { readonly node: string; readonly id: string; readonly name: string },
): Omit<ServiceRecord, 'createIndex' | 'modifyIndex' | 'agent'> {
  const address = fields.text('Address') ?? '';
  const port = fields.integer('Port') ?? 0;
  return {
    ...who,
    kind: fields.text('Kind') ?? '',
    tags: fields.texts('Tags') ?? [],
    address,
    port,
    meta: fields.textMap('Meta') ?? {},
    taggedAddresses: taggedAddresses(fields, { address, port }),
    weights: weights(fields.object('Weights')),
    enableTagOverride: fields.flag('EnableTagOverride') ?? false,
  };
}

/** An IPv4 or IPv6 address is advertised for both networks, as Consul does, unless the client says more. */
function taggedAddresses(
  fields: GoFields,
  own: { readonly address: string; readonly port: number },
): Readonly<Record<string, TaggedAddress>> | undefined {
  const given = Object.entries(fields.object('TaggedAddresses') ?? {}).map(
    ([tag, value]): [string, TaggedAddress] => {
      const entry = goFields(value, ['Address', 'Port']);
      return [tag, { Address: entry.text('Address') ?? '', Port: entry.integer('Port') ?? own.port }];
    },
  );
  const family = ipFamily(own.address);
  const mine = { Address: own.address, Port: own.port };
  const derived = family === undefined ? {} : { [`lan_${family}`]: mine, [`wan_${family}`]: mine };
  const all = { ...derived, ...Object.fromEntries(given) };
  return Object.keys(all).length === 0 ? undefined : all;
}

function ipFamily(address: string): 'ipv4' | 'ipv6' | undefined {
  const kind = isIP(address);
  if (kind === 0) return undefined;
  return kind === 4 ? 'ipv4' : 'ipv6';
}

function weights(value: Readonly<Record<string, unknown>> | undefined): ServiceRecord['weights'] {
  if (value === undefined) return DEFAULT_WEIGHTS;
  const fields = goFields(value, ['Passing', 'Warning']);
  return { Passing: fields.integer('Passing') ?? 1, Warning: fields.integer('Warning') ?? 1 };
}

/** Checks of a service: unnamed ones get Consul's names, which end in a number when there are several. */
function checksOf(
  fields: GoFields,
  service: { readonly id: string; readonly name: string },
): readonly CheckRequest[] {
  const single = fields.object('Check');
  const wanted = [...(single === undefined ? [] : [single]), ...(fields.objects('Checks') ?? [])];
  return wanted.map(parseCheck).map((check, position) => ({
    ...check,
    id: check.id === '' ? defaultId(service.id, position, wanted.length) : check.id,
    name: check.name === '' ? `Service '${service.name}' check` : check.name,
    serviceId: service.id,
  }));
}

function defaultId(serviceId: string, position: number, count: number): string {
  return count > 1 ? `service:${serviceId}:${position + 1}` : `service:${serviceId}`;
}
