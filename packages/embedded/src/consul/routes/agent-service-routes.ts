import { agentServices, deregisterService, registerService } from '../agent/agent-writes.js';
import { parseService } from '../agent/service-request.js';
import type { ConsulContext } from '../consul-context.js';
import { filterRecords } from '../filter/filter-records.js';
import { nodeKey } from '../state/records.js';
import type { Answer, Call, Route } from '../wire/call.js';
import { Fault } from '../wire/fault.js';
import { parseJsonBody } from '../wire/go-fields.js';
import { onceFor } from '../wire/once-for.js';
import { showAgentService } from '../wire/show-catalog.js';

/** `/v1/agent/service*`: the services registered with this agent. */
export function agentServiceRoutes(context: ConsulContext): readonly Route[] {
  return [
    { path: '/v1/agent/services', methods: { GET: (call) => list(context, call) } },
    { path: '/v1/agent/service/', methods: { GET: (call) => show(context, call) } },
    { path: '/v1/agent/service/register', methods: { PUT: (call) => register(context, call) } },
    {
      path: '/v1/agent/service/deregister/',
      methods: {
        PUT: (call) => {
          if (call.rest === '') throw new Fault(400, 'Missing service ID');
          deregisterService(context, call.rest);
          return {};
        },
      },
    },
  ];
}

/** Records are replaced, never changed, and lists are read far more often. */
const shownOnce = onceFor(showAgentService);

function list(context: ConsulContext, call: Call): Answer {
  const services = agentServices(context.store, context.identity.nodeName).map(shownOnce);
  const wanted = filterRecords(services, call.query.get('filter') ?? '');
  return { json: Object.fromEntries(wanted.map((service) => [String(service.ID), service])) };
}

function show(context: ConsulContext, call: Call): Answer {
  const service = context.store.get('services', nodeKey(context.identity.nodeName, call.rest));
  if (service?.agent !== true) throw new Fault(404, `unknown service ID: ${call.rest}`);
  return { json: showAgentService(service) };
}

function register(context: ConsulContext, call: Call): Answer {
  const request = parseService(parseJsonBody(call.body), context.identity.nodeName);
  registerService(context, request, call.query.has('replace-existing-checks'));
  return {};
}
