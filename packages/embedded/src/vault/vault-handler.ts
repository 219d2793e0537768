import { isEmbeddedError } from '../embedded-error.js';
import type { HttpRequest, HttpResponse, RequestHandler } from '../http/http-server.js';
import type { Journal } from '../storage/journal.js';
import { authorize, tokenOf } from './routing/authorize.js';
import { parseRequest, type ParsedRequest } from './routing/parse-request.js';
import type { Mount, Token } from './state/records.js';
import { answerStatus, type StatusParts } from './sys/status-routes.js';
import { wrapAnswer, wrapTtl } from './sys/wrapping.js';
import type { VaultSession } from './vault-session.js';
import { answerResponse, faultResponse } from './wire/envelope.js';
import type { Operation, VaultAnswer, VaultCall, VaultHandler, VaultRoute } from './wire/vault-call.js';
import { isVaultFault, VaultFault, wrapped } from './wire/vault-fault.js';

/** What answers the requests of a server. */
export interface HandlerParts extends StatusParts {
  readonly journal: Journal;
}

/**
 * Answers requests as Vault does. No answer leaves before everything it may show is durable. What fails for a reason of
 * our own is a 500 that says nothing about values.
 */
export function createVaultHandler(parts: HandlerParts): RequestHandler {
  return async (request) => {
    try {
      const response = answerResponse(await answer(parts, request));
      await parts.journal.settled();
      return request.method === 'HEAD' ? { ...response, body: '' } : response;
    } catch (error) {
      return problemResponse(error);
    }
  };
}

async function answer(parts: HandlerParts, request: HttpRequest): Promise<VaultAnswer | undefined> {
  const parsed = parseRequest(request);
  const status = await answerStatus(parts, request, parsed.body);
  if (status !== undefined) return status;
  const { session } = parts.seal;
  if (session === undefined) throw sealedFault(parsed);
  if (parsed.path === 'sys/seal' && parsed.writes) return seal(parts, session, parsed);
  return session.run(() => answerIn(session, parsed));
}

async function answerIn(session: VaultSession, parsed: ParsedRequest): Promise<VaultAnswer | undefined> {
  const { context } = session;
  const mount = context.mounts.find(parsed.path);
  const found = mount === undefined ? undefined : session.router.find(mount, within(mount, parsed.path));
  const caller = found?.route.open === true ? undefined : tokenOf(context, parsed.tokenId);
  const draft = {
    path: parsed.path,
    params: found?.params ?? {},
    body: parsed.body,
    query: parsed.query,
    caller,
    tokenId: parsed.tokenId,
  };
  const operation = operationOf(parsed, found?.route, mount && { ...draft, mount, operation: 'update' });
  if (caller !== undefined) context.tokens.use(caller);
  try {
    if (caller !== undefined)
      authorize(context, caller, { path: parsed.path, operation, sudo: found?.route.sudo ?? false });
    if (mount === undefined) throw new VaultFault(404, `no handler for route '${parsed.path}'`);
    const handler = handlerOf(found?.route, operation);
    const answered = await handler({ ...draft, mount, operation });
    return wrapIfAsked(session, parsed, answered);
  } finally {
    endIfUsedUp(session, caller);
  }
}

/** The path after the mount's own, without a final slash. */
function within(mount: Mount, path: string): string {
  return path.slice(mount.path.length).replace(/\/$/, '');
}

function operationOf(
  parsed: ParsedRequest,
  route: VaultRoute | undefined,
  call: VaultCall | undefined,
): Operation {
  if (!parsed.writes) return parsed.operation;
  const isNew = call !== undefined && route?.exists?.(call) === false;
  return isNew ? 'create' : 'update';
}

function handlerOf(route: VaultRoute | undefined, operation: Operation): VaultHandler {
  if (route === undefined) throw wrapped(404, 'unsupported path');
  const handlers: Readonly<Record<Operation, VaultHandler | undefined>> = {
    read: route.read,
    list: route.list,
    create: route.write,
    update: route.write,
    delete: route.delete,
  };
  const handler = handlers[operation];
  if (handler === undefined) throw wrapped(405, 'unsupported operation');
  return handler;
}

function wrapIfAsked(
  session: VaultSession,
  parsed: ParsedRequest,
  answered: VaultAnswer | undefined,
): VaultAnswer | undefined {
  const wraps = parsed.path === 'sys/wrapping/wrap';
  const ttlSec = wrapTtl(parsed.wrapTtl);
  if (wraps && ttlSec === undefined) throw new VaultFault(400, 'endpoint requires response wrapping');
  if (ttlSec === undefined || answered === undefined || answered.plain !== undefined) return answered;
  return wrapAnswer(session.context, answered, { path: parsed.path, ttlSec });
}

function endIfUsedUp(session: VaultSession, caller: Token | undefined): void {
  if (caller !== undefined && caller.numUses > 0 && caller.usesLeft <= 1)
    session.context.tokens.revoke(caller.id);
}

/** Not counted as a request of the session: sealing waits for those. */
async function seal(parts: HandlerParts, session: VaultSession, parsed: ParsedRequest): Promise<undefined> {
  const caller = tokenOf(session.context, parsed.tokenId);
  authorize(session.context, caller, { path: parsed.path, operation: 'update', sudo: true });
  await parts.seal.seal();
}

/** Vault tells logins and requests with a token apart, even then. */
function sealedFault(parsed: ParsedRequest): VaultFault {
  return new VaultFault(
    503,
    parsed.tokenId === '' ? 'Vault is sealed' : 'error performing token check: Vault is sealed',
  );
}

function problemResponse(error: unknown): HttpResponse {
  if (isVaultFault(error)) return faultResponse(error);
  return faultResponse(new VaultFault(500, isEmbeddedError(error) ? error.message : 'internal error'));
}
