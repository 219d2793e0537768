import { answerQuery, type ConsulContext } from '../consul-context.js';
import { findSession } from '../sessions/find-session.js';
import type { SessionExpiry } from '../sessions/session-expiry.js';
import { parseSession } from '../sessions/session-request.js';
import { createSession, endSession } from '../sessions/session-writes.js';
import type { Session } from '../state/records.js';
import type { Query } from '../watch/blocking-query.js';
import type { Answer, Call, Route } from '../wire/call.js';
import { Fault } from '../wire/fault.js';
import { queryAnswer } from '../wire/query-answer.js';
import { checkReach } from '../wire/query-options.js';

/** `/v1/session/`: sessions, which hold locks while they live. */
export function sessionRoutes(context: ConsulContext, expiry: SessionExpiry): readonly Route[] {
  const { store } = context;
  return [
    { path: '/v1/session/create', methods: { PUT: (call) => create(context, call) } },
    { path: '/v1/session/destroy/', methods: { PUT: (call) => destroy(context, call) } },
    { path: '/v1/session/renew/', methods: { PUT: (call) => renew(context, expiry, call) } },
    { path: '/v1/session/info/', methods: { GET: (call) => info(context, call) } },
    {
      path: '/v1/session/node/',
      methods: {
        GET: async (call) => {
          const node = required(call, 'Missing node name');
          const query = sessionsQuery(context, () =>
            store.list('sessions').filter((session) => session.node === node),
          );
          return queryAnswer(await answerQuery(context, call, query), (sessions) =>
            sessions.map(showSession),
          );
        },
      },
    },
    {
      path: '/v1/session/list',
      methods: {
        GET: async (call) => {
          const query = sessionsQuery(context, () => store.list('sessions'));
          return queryAnswer(await answerQuery(context, call, query), (sessions) =>
            sessions.map(showSession),
          );
        },
      },
    },
  ];
}

function create(context: ConsulContext, call: Call): Answer {
  checkReach(call, context.identity.datacenter);
  const wanted = parseSession(call.body, context.identity.nodeName);
  const session = context.store.write((state) => createSession(state, wanted));
  return { json: { ID: session.id } };
}

function destroy(context: ConsulContext, call: Call): Answer {
  checkReach(call, context.identity.datacenter);
  const id = required(call, 'Missing session');
  context.store.write((state) => {
    const session = findSession(state, id);
    if (session !== undefined) endSession(state, session, context.clock());
  });
  return { json: true };
}

function renew(context: ConsulContext, expiry: SessionExpiry, call: Call): Answer {
  checkReach(call, context.identity.datacenter);
  const id = required(call, 'Missing session');
  const session = findSession(context.store, id);
  if (session === undefined) throw new Fault(404, `Session id '${id}' not found`);
  expiry.renew(session);
  return { json: [showSession(session)] };
}

async function info(context: ConsulContext, call: Call): Promise<Answer> {
  const id = required(call, 'Missing session');
  const query = sessionsQuery(context, () => {
    const session = findSession(context.store, id);
    return session === undefined ? [] : [session];
  });
  return queryAnswer(await answerQuery(context, call, query), (sessions) => sessions.map(showSession));
}

function sessionsQuery(context: ConsulContext, list: () => readonly Session[]): Query<readonly Session[]> {
  return {
    interests: [{ kind: 'table', table: 'sessions' }],
    read: () => ({ index: context.store.indexes.table('sessions'), value: list() }),
  };
}

function required(call: Call, problem: string): string {
  if (call.rest === '') throw new Fault(400, problem);
  return call.rest;
}

function showSession(session: Session): Readonly<Record<string, unknown>> {
  return {
    ID: session.id,
    Name: session.name,
    Node: session.node,
    LockDelay: session.lockDelayNs,
    Behavior: session.behavior,
    TTL: session.ttl,
    NodeChecks: session.nodeChecks,
    ServiceChecks: session.serviceChecks?.map((id) => ({ ID: id, Namespace: '' })) ?? null,
    Checks: session.checks,
    CreateIndex: session.createIndex,
    ModifyIndex: session.modifyIndex,
  };
}
