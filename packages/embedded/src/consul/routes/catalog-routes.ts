import { instancesQuery, nodeQuery, nodesQuery, serviceNamesQuery } from '../catalog/catalog-queries.js';
import { deregisterExternal, registerExternal } from '../catalog/external-writes.js';
import { answerQuery, type ConsulContext } from '../consul-context.js';
import { filterRecords } from '../filter/filter-records.js';
import type { Answer, Call, Route } from '../wire/call.js';
import { Fault } from '../wire/fault.js';
import { queryAnswer } from '../wire/query-answer.js';
import { checkReach } from '../wire/query-options.js';
import { showCatalogService, showNode, showService } from '../wire/show-catalog.js';

/** `/v1/catalog/`: what is registered where. */
export function catalogRoutes(context: ConsulContext): readonly Route[] {
  const { datacenter } = context.identity;
  return [
    { path: '/v1/catalog/datacenters', methods: { GET: () => ({ json: [datacenter] }) } },
    { path: '/v1/catalog/nodes', methods: { GET: (call) => nodes(context, call) } },
    { path: '/v1/catalog/services', methods: { GET: (call) => serviceNames(context, call) } },
    { path: '/v1/catalog/service/', methods: { GET: (call) => instances(context, call) } },
    { path: '/v1/catalog/node/', methods: { GET: (call) => nodeServices(context, call, byId) } },
    {
      path: '/v1/catalog/node-services/',
      methods: { GET: (call) => nodeServices(context, call, (list) => list) },
    },
    { path: '/v1/catalog/register', methods: { PUT: (call) => write(context, call, registerExternal) } },
    { path: '/v1/catalog/deregister', methods: { PUT: (call) => write(context, call, deregisterExternal) } },
  ];
}

async function nodes(context: ConsulContext, call: Call): Promise<Answer> {
  const result = await answerQuery(context, call, nodesQuery(context.store));
  return queryAnswer(result, (found) => {
    const shown = found.map((node) => showNode(node, context.identity.datacenter));
    return filterRecords(shown, call.query.get('filter') ?? '');
  });
}

async function serviceNames(context: ConsulContext, call: Call): Promise<Answer> {
  return queryAnswer(await answerQuery(context, call, serviceNamesQuery(context.store)), (names) => names);
}

async function instances(context: ConsulContext, call: Call): Promise<Answer> {
  if (call.rest === '') throw new Fault(400, 'Missing service name');
  const tags = call.query.getAll('tag');
  const result = await answerQuery(context, call, instancesQuery(context.store, call.rest));
  return queryAnswer(result, (found) => {
    const shown = found
      .filter(({ service }) => tags.every((tag) => service.tags.includes(tag)))
      .map(({ service, node }) => showCatalogService(service, node, context.identity.datacenter));
    return filterRecords(shown, call.query.get('filter') ?? '');
  });
}

type Shown = Readonly<Record<string, unknown>>;

function byId(services: readonly Shown[]): Shown {
  return Object.fromEntries(services.map((service) => [String(service.ID), service]));
}

async function nodeServices(
  context: ConsulContext,
  call: Call,
  arrange: (services: readonly Shown[]) => unknown,
): Promise<Answer> {
  if (call.rest === '') throw new Fault(400, 'Missing node name');
  const result = await answerQuery(context, call, nodeQuery(context.store, call.rest));
  return queryAnswer(result, (found) => {
    if (found === undefined) return null;
    const services = filterRecords(found.services.map(showService), call.query.get('filter') ?? '');
    return {
      Node: showNode(found.node, context.identity.datacenter),
      Services: arrange(services),
    };
  });
}

function write(
  context: ConsulContext,
  call: Call,
  change: (context: ConsulContext, body: Buffer) => void,
): Answer {
  checkReach(call, context.identity.datacenter);
  change(context, call.body);
  return { json: true };
}
