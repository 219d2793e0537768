import { agentServices } from '../agent/agent-writes.js';
import type { ConsulContext } from '../consul-context.js';
import { nodeKey, type CheckRecord, type CheckStatus, type ServiceRecord } from '../state/records.js';
import type { Answer, Call, Route } from '../wire/call.js';
import { Fault } from '../wire/fault.js';
import { showAgentService, showCheck } from '../wire/show-catalog.js';

/** Consul answers with the status a load balancer would act on. */
const HTTP_STATUS: Readonly<Record<CheckStatus, number>> = { passing: 200, warning: 429, critical: 503 };

const NO_HEALTH = { AggregatedStatus: 'critical', Service: null, Checks: null };

/** `/v1/agent/health/service/`: the health of this agent's services as an HTTP status. */
export function agentHealthRoutes(context: ConsulContext): readonly Route[] {
  return [
    { path: '/v1/agent/health/service/name/', methods: { GET: (call) => byName(context, call) } },
    { path: '/v1/agent/health/service/id/', methods: { GET: (call) => byId(context, call) } },
  ];
}

function byName(context: ConsulContext, call: Call): Answer {
  if (call.rest === '') throw new Fault(400, 'Missing service Name');
  const services = agentServices(context.store, context.identity.nodeName).filter(
    ({ name }) => name === call.rest,
  );
  const all = services.map((service) => healthOf(context, service));
  if (all.length === 0) return notFound(call, { reason: `ServiceName ${call.rest} Not Found`, json: [] });
  const status = worst(all.map((health) => health.status));
  return answer(
    call,
    status,
    all.map((health) => health.shown),
  );
}

function byId(context: ConsulContext, call: Call): Answer {
  if (call.rest === '') throw new Fault(400, 'Missing serviceID');
  const service = agentServices(context.store, context.identity.nodeName).find(({ id }) => id === call.rest);
  if (service === undefined)
    return notFound(call, { reason: `ServiceId ${call.rest} not found`, json: NO_HEALTH });
  const health = healthOf(context, service);
  return answer(call, health.status, health.shown);
}

function answer(call: Call, status: CheckStatus, json: unknown): Answer {
  const headers = { 'X-Consul-Reason': status };
  if (call.query.get('format') === 'text') return { status: HTTP_STATUS[status], headers, text: status };
  return { status: HTTP_STATUS[status], headers, json };
}

function notFound(call: Call, missing: { readonly reason: string; readonly json: unknown }): Answer {
  const headers = { 'X-Consul-Reason': missing.reason };
  if (call.query.get('format') === 'text') return { status: 404, headers, text: missing.reason };
  return { status: 404, headers, json: missing.json };
}

function healthOf(
  context: ConsulContext,
  service: ServiceRecord,
): { readonly status: CheckStatus; readonly shown: Readonly<Record<string, unknown>> } {
  const checks = context.store
    .list('checks', nodeKey(service.node, ''))
    .filter((check) => concerns(check, service));
  const status = worst(checks.map((check) => check.status));
  const shown = {
    AggregatedStatus: status,
    Service: showAgentService(service),
    Checks: checks.length === 0 ? null : checks.map(showCheck),
  };
  return { status, shown };
}

/** Checks that this agent runs for the service or for its node; `serfHealth` is the cluster's. */
function concerns(check: CheckRecord, service: ServiceRecord): boolean {
  return check.run !== undefined && (check.serviceId === '' || check.serviceId === service.id);
}

function worst(statuses: readonly CheckStatus[]): CheckStatus {
  if (statuses.includes('critical')) return 'critical';
  return statuses.includes('warning') ? 'warning' : 'passing';
}
