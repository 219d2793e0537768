import { checksQuery, instancesQuery, type Instance } from '../catalog/catalog-queries.js';
import { answerQuery, type ConsulContext } from '../consul-context.js';
import { filterRecords } from '../filter/filter-records.js';
import type { CheckRecord } from '../state/records.js';
import type { Answer, Call, Route } from '../wire/call.js';
import { Fault } from '../wire/fault.js';
import { queryAnswer } from '../wire/query-answer.js';
import { showCheck, showNode, showService } from '../wire/show-catalog.js';

/** `/v1/health/`: how nodes and services are. */
export function healthRoutes(context: ConsulContext): readonly Route[] {
  return [
    { path: '/v1/health/service/', methods: { GET: (call) => service(context, call) } },
    {
      path: '/v1/health/checks/',
      methods: {
        GET: (call) => checks(context, call, { missing: 'Missing service name', field: 'serviceName' }),
      },
    },
    {
      path: '/v1/health/node/',
      methods: { GET: (call) => checks(context, call, { missing: 'Missing node name', field: 'node' }) },
    },
    {
      path: '/v1/health/state/',
      methods: { GET: (call) => checks(context, call, { missing: 'Missing check state', field: 'status' }) },
    },
  ];
}

async function service(context: ConsulContext, call: Call): Promise<Answer> {
  if (call.rest === '') throw new Fault(400, 'Missing service name');
  const tags = call.query.getAll('tag');
  const passing = wantsPassing(call);
  const result = await answerQuery(context, call, instancesQuery(context.store, call.rest));
  return queryAnswer(result, (instances) => {
    const shown = instances
      .filter((instance) => tags.every((tag) => instance.service.tags.includes(tag)))
      .filter((instance) => !passing || instance.checks.every((check) => check.status === 'passing'))
      .map((instance) => showInstance(instance, context.identity.datacenter));
    return filterRecords(shown, call.query.get('filter') ?? '');
  });
}

/** `?passing`, `?passing=true` and `?passing=1` mean yes. */
function wantsPassing(call: Call): boolean {
  const value = call.query.get('passing');
  if (value === null || /^(?:0|f|false)$/i.test(value)) return false;
  if (/^(?:|1|t|true)$/i.test(value)) return true;
  throw new Fault(400, 'Invalid value for ?passing');
}

async function checks(
  context: ConsulContext,
  call: Call,
  by: { readonly missing: string; readonly field: 'serviceName' | 'node' | 'status' },
): Promise<Answer> {
  if (call.rest === '') throw new Fault(400, by.missing);
  const every = by.field === 'status' && call.rest === 'any';
  const query = checksQuery(context.store, (check: CheckRecord) => every || check[by.field] === call.rest);
  const result = await answerQuery(context, call, query);
  return queryAnswer(result, (found) => filterRecords(found.map(showCheck), call.query.get('filter') ?? ''));
}

function showInstance(instance: Instance, datacenter: string): Readonly<Record<string, unknown>> {
  return {
    Node: showNode(instance.node, datacenter),
    Service: showService(instance.service),
    Checks: instance.checks.map(showCheck),
  };
}
