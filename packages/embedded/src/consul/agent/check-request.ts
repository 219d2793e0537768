import type { CheckProbe, CheckRun, CheckStatus } from '../state/records.js';
import { Fault } from '../wire/fault.js';
import { goFields, type GoFields } from '../wire/go-fields.js';

/** A check that a client asks the agent to run. */
export interface CheckRequest {
  readonly id: string;
  readonly name: string;
  readonly serviceId: string;
  readonly notes: string;
  readonly status: CheckStatus;
  readonly run: CheckRun;
}

/** Consul runs nothing more often than this. */
const MIN_INTERVAL_MS = 1000;
const DEFAULT_TIMEOUT_MS = 10_000;
/** Consul waits at least a minute before it deregisters a service for a critical check. */
const MIN_DEREGISTER_AFTER_MS = 60_000;

const FIELDS = [
  'ID',
  'CheckID',
  'Name',
  'Notes',
  'Status',
  'ServiceID',
  'TTL',
  'HTTP',
  'Method',
  'Header',
  'Body',
  'TCP',
  'Interval',
  'Timeout',
  'TLSSkipVerify',
  'AliasNode',
  'AliasService',
  'DeregisterCriticalServiceAfter',
  'SuccessBeforePassing',
  'FailuresBeforeCritical',
  'OutputMaxSize',
  'Namespace',
  'Token',
  'Args',
  'ScriptArgs',
  'GRPC',
  'GRPCUseTLS',
  'DockerContainerID',
  'Shell',
];

/** Reads one check definition. `problem` goes before what is wrong with it, as the endpoint words it. */
export function parseCheck(value: unknown): CheckRequest {
  const fields = goFields(value, FIELDS, { strict: true });
  refuseUnsupported(fields);
  const status = fields.text('Status') ?? '';
  if (!isStatus(status) && status !== '') throw new Fault(400, 'Bad check status');
  return {
    id: fields.text('CheckID') ?? fields.text('ID') ?? '',
    name: fields.text('Name') ?? '',
    serviceId: fields.text('ServiceID') ?? '',
    notes: fields.text('Notes') ?? '',
    status: status === '' ? 'critical' : status,
    run: {
      probe: probe(fields),
      deregisterAfterMs: deregisterAfter(fields),
      successesBeforePassing: fields.integer('SuccessBeforePassing') ?? 0,
      failuresBeforeCritical: fields.integer('FailuresBeforeCritical') ?? 0,
    },
  };
}

/** True for the three states a check can have. */
export function isStatus(text: string): text is CheckStatus {
  return text === 'passing' || text === 'warning' || text === 'critical';
}

function refuseUnsupported(fields: GoFields): void {
  if (fields.has('Args') || fields.has('ScriptArgs') || fields.has('DockerContainerID')) {
    throw new Fault(
      500,
      "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true",
    );
  }
  if (fields.has('GRPC')) {
    throw new Fault(
      400,
      'Invalid check: gRPC checks are not available on the embedded server; use TTL, HTTP or TCP',
    );
  }
}

function probe(fields: GoFields): CheckProbe {
  const alias = { node: fields.text('AliasNode') ?? '', serviceId: fields.text('AliasService') ?? '' };
  if (alias.node !== '' || alias.serviceId !== '') return { kind: 'alias', ...alias };
  const url = fields.text('HTTP') ?? '';
  const address = fields.text('TCP') ?? '';
  const ttlMs = fields.durationMs('TTL');
  if (url === '' && address === '') {
    if (ttlMs <= 0) throw new Fault(400, 'Invalid check: TTL must be > 0 for TTL checks');
    return { kind: 'ttl', ttlMs };
  }
  if (fields.durationMs('Interval') <= 0) {
    throw new Fault(400, 'Invalid check: Interval must be > 0 for Script, HTTP, or TCP checks');
  }
  if (ttlMs > 0) throw new Fault(400, 'Invalid check: Interval and TTL cannot both be specified');
  return url === '' ? { kind: 'tcp', address, ...timing(fields) } : httpProbe(fields, url);
}

function httpProbe(fields: GoFields, url: string): CheckProbe {
  const headers = Object.entries(fields.object('Header') ?? {}).map(
    ([name, values]): [string, readonly string[]] => [
      name,
      Array.isArray(values) ? values.map(String) : [String(values)],
    ],
  );
  const method = fields.text('Method') ?? '';
  return {
    kind: 'http',
    url,
    method: method === '' ? 'GET' : method,
    headers: Object.fromEntries(headers),
    body: fields.text('Body') ?? '',
    tlsSkipVerify: fields.flag('TLSSkipVerify') ?? false,
    ...timing(fields),
  };
}

function timing(fields: GoFields): { readonly intervalMs: number; readonly timeoutMs: number } {
  const timeoutMs = fields.durationMs('Timeout');
  return {
    intervalMs: Math.max(fields.durationMs('Interval'), MIN_INTERVAL_MS),
    timeoutMs: timeoutMs > 0 ? timeoutMs : DEFAULT_TIMEOUT_MS,
  };
}

function deregisterAfter(fields: GoFields): number {
  const wanted = fields.durationMs('DeregisterCriticalServiceAfter');
  return wanted > 0 ? Math.max(wanted, MIN_DEREGISTER_AFTER_MS) : 0;
}
