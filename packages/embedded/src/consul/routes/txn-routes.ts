import type { ConsulContext } from '../consul-context.js';
import { runTransaction } from '../txn/run-transaction.js';
import { isWrite, parseTransaction } from '../txn/txn-request.js';
import type { Answer, Call, Route } from '../wire/call.js';
import { MAX_BODY_BYTES, tooLarge } from '../wire/body-limit.js';
import { checkReach } from '../wire/query-options.js';

/** What Consul adds to the answer of a transaction that only reads. */
const READ_META = { Index: 0, LastContact: 0, KnownLeader: true, ConsistencyLevel: '' };
const READ_HEADERS = { 'X-Consul-Knownleader': 'true', 'X-Consul-Lastcontact': '0' };

/** `/v1/txn`: several KV operations at once, all or none. */
export function txnRoutes(context: ConsulContext): readonly Route[] {
  return [{ path: '/v1/txn', methods: { PUT: (call) => transact(context, call) } }];
}

function transact(context: ConsulContext, call: Call): Answer {
  checkReach(call, context.identity.datacenter);
  if (call.body.length > MAX_BODY_BYTES) throw tooLarge(call.body.length, 'txn_max_req_len');
  const operations = parseTransaction(call.body);
  const { results, problems } = runTransaction(context.store, operations, context.clock());
  const failed = problems.length > 0;
  const json = { Results: failed ? null : results, Errors: failed ? problems : null };
  const status = failed ? 409 : 200;
  if (operations.some(isWrite)) return { status, json };
  return { status, headers: READ_HEADERS, json: { ...json, ...READ_META } };
}
