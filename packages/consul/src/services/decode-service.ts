import type { CheckStatus } from './service-definition.js';
import type { AgentService, CheckState, ServiceHealth } from './services.js';

/** A service as the agent's and the health API spell it. */
export interface RawService {
  readonly ID: string;
  readonly Service: string;
  readonly Address?: string;
  readonly Port?: number;
  readonly Tags?: readonly string[] | null;
  readonly Meta?: Readonly<Record<string, string>> | null;
}

/** A check as Consul spells it. */
export interface RawCheck {
  readonly Node?: string;
  readonly CheckID: string;
  readonly Name?: string;
  readonly Status?: string;
  readonly Output?: string;
  readonly ServiceID?: string;
  readonly ServiceName?: string;
}

/** One line of a health query. */
export interface RawHealth {
  readonly Node: { readonly Node: string; readonly Address?: string };
  readonly Service: RawService;
  readonly Checks?: readonly RawCheck[] | null;
}

/** @param raw from `/agent/services` or `/health/service` */
export function decodeService(raw: RawService): AgentService {
  return {
    id: raw.ID,
    name: raw.Service,
    address: raw.Address ?? '',
    port: raw.Port ?? 0,
    tags: raw.Tags ?? [],
    meta: raw.Meta ?? {},
  };
}

/** An unknown status (`maintenance` of old agents) counts as critical. */
export function decodeCheck(raw: RawCheck): CheckState {
  const ofService = raw.ServiceID !== undefined && raw.ServiceID !== '';
  return {
    checkId: raw.CheckID,
    name: raw.Name ?? '',
    status: raw.Status === 'passing' || raw.Status === 'warning' ? raw.Status : 'critical',
    output: raw.Output ?? '',
    ...(raw.Node === undefined || raw.Node === '' ? {} : { node: raw.Node }),
    ...(ofService ? { serviceId: raw.ServiceID, serviceName: raw.ServiceName ?? '' } : {}),
  };
}

/** Adds the worst status of all checks. */
export function decodeHealth(raw: RawHealth): ServiceHealth {
  const checks = (raw.Checks ?? []).map(decodeCheck);
  return {
    node: raw.Node.Node,
    nodeAddress: raw.Node.Address ?? '',
    service: decodeService(raw.Service),
    checks,
    status: worstOf(checks),
  };
}

function worstOf(checks: readonly CheckState[]): CheckStatus {
  if (checks.some(({ status }) => status === 'critical')) return 'critical';
  return checks.some(({ status }) => status === 'warning') ? 'warning' : 'passing';
}
