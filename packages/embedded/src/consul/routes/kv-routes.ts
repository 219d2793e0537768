import type { ConsulContext } from '../consul-context.js';
import { answerQuery } from '../consul-context.js';
import { keyQuery, keysQuery, prefixQuery } from '../kv/kv-queries.js';
import {
  compareAndDelete,
  compareAndSet,
  deleteKey,
  deleteTree,
  lockDelayed,
  lockKey,
  setKey,
  unlockKey,
  type KvInput,
} from '../kv/kv-writes.js';
import type { KvEntry } from '../state/records.js';
import type { StateWriter } from '../state/state-writer.js';
import { MAX_BODY_BYTES, tooLarge } from '../wire/body-limit.js';
import type { Answer, Call, Route } from '../wire/call.js';
import { Fault } from '../wire/fault.js';
import { onceFor } from '../wire/once-for.js';
import { indexHeaders, queryAnswer } from '../wire/query-answer.js';
import { checkReach } from '../wire/query-options.js';
import { showKv } from '../wire/show-kv.js';

const MAX_FLAGS = 2n ** 64n - 1n;

/** `/v1/kv/`: keys and values. */
export function kvRoutes(context: ConsulContext): readonly Route[] {
  return [
    {
      path: '/v1/kv/',
      methods: {
        GET: (call) => getKeys(context, call),
        PUT: (call) => putKey(context, call),
        DELETE: (call) => removeKey(context, call),
      },
    },
  ];
}

async function getKeys(context: ConsulContext, call: Call): Promise<Answer> {
  const { query, rest } = call;
  const { store, shared } = context;
  if (query.has('keys')) {
    const separator = query.get('separator') ?? '';
    const name = JSON.stringify(['keys', rest, separator]);
    const result = await answerQuery(context, call, shared.share(name, keysQuery(store, rest, separator)));
    if (result.value.length === 0 && rest !== '') return { status: 404, headers: indexHeaders(result.index) };
    return { ...queryAnswer(result, (value) => value), shared: true };
  }
  if (query.has('recurse')) {
    const name = JSON.stringify(['recurse', rest]);
    const result = await answerQuery(context, call, shared.share(name, prefixQuery(store, rest)));
    if (result.value.length === 0) return { status: 404, headers: indexHeaders(result.index) };
    return { ...queryAnswer(result, showEach), shared: true };
  }
  requireKey(rest);
  const result = await answerQuery(context, call, keyQuery(store, rest));
  if (result.value === undefined) return { status: 404, headers: indexHeaders(result.index) };
  return query.has('raw')
    ? rawAnswer(result.index, result.value)
    : queryAnswer(result, (entry) => [entry].map(showOne));
}

/** Lists that many read are shown once. */
const showEach = onceFor((entries: readonly KvEntry[]) => entries.map(showKv));

function showOne(entry: KvEntry | undefined): unknown {
  return entry === undefined ? undefined : showKv(entry);
}

/** Raw values come from strangers: browsers must not run them. */
function rawAnswer(index: number, entry: KvEntry): Answer {
  const headers = {
    ...indexHeaders(index),
    'Content-Type': 'text/plain',
    'Content-Security-Policy': 'sandbox',
    'X-Content-Type-Options': 'nosniff',
  };
  return { headers, text: entry.value };
}

function putKey(context: ConsulContext, call: Call): Answer {
  checkReach(call, context.identity.datacenter);
  requireKey(call.rest);
  refuseTogether(call, ['cas', 'acquire', 'release']);
  const flags = BigInt(unsigned(call.query.get('flags') ?? '0'));
  if (call.body.length > MAX_BODY_BYTES) throw tooLarge(call.body.length, 'kv_max_value_size');
  const input: KvInput = { key: call.rest, value: call.body, flags };
  return { json: context.store.write((state) => applyPut(context, call, { state, input })) };
}

function applyPut(context: ConsulContext, call: Call, put: { state: StateWriter; input: KvInput }): boolean {
  const { state, input } = put;
  const cas = call.query.get('cas');
  const acquire = call.query.get('acquire');
  const release = call.query.get('release');
  if (cas !== null) return compareAndSet(state, input, Number(unsigned(cas))) !== undefined;
  if (acquire !== null) {
    if (lockDelayed(state, input.key, context.clock())) return false;
    return lockKey(state, { ...input, session: acquire }) !== undefined;
  }
  if (release !== null) return unlockKey(state, { ...input, session: release }) !== undefined;
  setKey(state, input);
  return true;
}

function removeKey(context: ConsulContext, call: Call): Answer {
  checkReach(call, context.identity.datacenter);
  const { query, rest } = call;
  refuseTogether(call, ['cas', 'recurse']);
  if (query.has('recurse')) {
    context.store.write((state) => {
      deleteTree(state, rest);
    });
    return { json: true };
  }
  requireKey(rest);
  const cas = query.get('cas');
  const index = cas === null ? undefined : Number(unsigned(cas));
  const removed = context.store.write((state) => {
    if (index !== undefined) return compareAndDelete(state, rest, index);
    deleteKey(state, rest);
    return true;
  });
  return { json: removed };
}

function requireKey(key: string): void {
  if (key === '') throw new Fault(400, 'Missing key name');
}

function refuseTogether(call: Call, names: readonly string[]): void {
  const given = names.filter((name) => call.query.has(name)).sort();
  if (given.length < 2) return;
  const shown = given.map((name) => `${name}=${call.query.get(name) ?? ''}`).join('&');
  throw new Fault(400, `Conflicting flags: ${shown}`);
}

function unsigned(text: string): string {
  if (!/^\d+$/.test(text))
    throw new Fault(500, `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (BigInt(text) > MAX_FLAGS) {
    throw new Fault(500, `strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`);
  }
  return text;
}
