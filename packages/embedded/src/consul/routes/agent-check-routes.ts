import { agentChecks, deregisterCheck, registerCheck } from '../agent/agent-writes.js';
import { isStatus, parseCheck } from '../agent/check-request.js';
import type { CheckResult } from '../checks/check-result.js';
import type { CheckRunner } from '../checks/check-runner.js';
import type { ConsulContext } from '../consul-context.js';
import { filterRecords } from '../filter/filter-records.js';
import { nodeKey, type CheckStatus } from '../state/records.js';
import type { Answer, Call, Handler, Route } from '../wire/call.js';
import { Fault } from '../wire/fault.js';
import { goFields, parseJsonBody } from '../wire/go-fields.js';
import { showAgentCheck } from '../wire/show-catalog.js';

/** `/v1/agent/check*`: the checks registered with this agent, and clients' reports on TTL checks. */
export function agentCheckRoutes(context: ConsulContext, runner: CheckRunner): readonly Route[] {
  const reporting =
    (status: CheckStatus): Handler =>
    (call) =>
      report({ context, runner }, call.rest, { status, output: call.query.get('note') ?? '' });
  return [
    { path: '/v1/agent/checks', methods: { GET: (call) => list(context, call) } },
    { path: '/v1/agent/check/register', methods: { PUT: (call) => register(context, call) } },
    {
      path: '/v1/agent/check/deregister/',
      methods: {
        PUT: (call) => {
          deregisterCheck(context, call.rest);
          return {};
        },
      },
    },
    { path: '/v1/agent/check/pass/', methods: { PUT: reporting('passing') } },
    { path: '/v1/agent/check/warn/', methods: { PUT: reporting('warning') } },
    { path: '/v1/agent/check/fail/', methods: { PUT: reporting('critical') } },
    {
      path: '/v1/agent/check/update/',
      methods: { PUT: (call) => report({ context, runner }, call.rest, parseUpdate(call)) },
    },
  ];
}

function list(context: ConsulContext, call: Call): Answer {
  const checks = agentChecks(context.store, context.identity.nodeName).map(showAgentCheck);
  const wanted = filterRecords(checks, call.query.get('filter') ?? '');
  return { json: Object.fromEntries(wanted.map((check) => [String(check.CheckID), check])) };
}

function register(context: ConsulContext, call: Call): Answer {
  const check = parseCheck(parseJsonBody(call.body));
  if (check.name === '') throw new Fault(400, 'Missing check name');
  registerCheck(context, check);
  return {};
}

function parseUpdate(call: Call): CheckResult {
  const fields = goFields(parseJsonBody(call.body), ['Status', 'Output']);
  const status = fields.text('Status') ?? '';
  if (!isStatus(status)) throw new Fault(400, `Invalid check status: '${status}'`);
  return { status, output: fields.text('Output') ?? '' };
}

function report(
  to: { readonly context: ConsulContext; readonly runner: CheckRunner },
  id: string,
  result: CheckResult,
): Answer {
  const check = to.context.store.get('checks', nodeKey(to.context.identity.nodeName, id));
  if (check === undefined || !to.runner.report(check, result)) {
    throw new Fault(500, `CheckID ${JSON.stringify(id)} does not have associated TTL`);
  }
  return {};
}
