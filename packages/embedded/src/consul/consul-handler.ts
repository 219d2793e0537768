import { isEmbeddedError } from '../embedded-error.js';
import type { HttpRequest, HttpResponse, RequestHandler } from '../http/http-server.js';
import type { Journal } from '../storage/journal.js';
import type { Answer, Handler, Route } from './wire/call.js';
import { Fault, isFault } from './wire/fault.js';
import { jsonText, sharedJsonText } from './wire/json-text.js';

/**
 * Answers requests from `routes`. No answer leaves before everything it may show is durable: a write is
 * acknowledged only then, and a read never shows what a crash could take back.
 */
export function createConsulHandler(routes: readonly Route[], journal: Journal): RequestHandler {
  // The longest path that fits is the right one.
  const ordered = [...routes].sort((a, b) => b.path.length - a.path.length);
  return async (request) => {
    try {
      const answer = await route(ordered, request);
      await journal.settled();
      return toResponse(answer, request);
    } catch (error) {
      return problemResponse(error);
    }
  };
}

function route(routes: readonly Route[], request: HttpRequest): Answer | Promise<Answer> {
  const { path, method } = request;
  if (/\/\/|\/\.\.?(?:\/|$)/.test(path)) return redirect(request, cleaned(path));
  const found = routes.find((candidate) => fits(candidate, path));
  if (found === undefined) return noRoute(routes, request);
  const allow = ['OPTIONS', ...Object.keys(found.methods)].join(',');
  if (method === 'OPTIONS') return { headers: { Allow: allow } };
  const handler = handlerOf(found, method);
  if (handler === undefined) throw new Fault(405, `method ${method} not allowed`, { Allow: allow });
  const rest = decode(path.slice(found.path.length));
  return handler({ method, rest, query: request.query, body: request.body, signal: request.signal });
}

function fits(candidate: Route, path: string): boolean {
  return candidate.path.endsWith('/') ? path.startsWith(candidate.path) : path === candidate.path;
}

function handlerOf(found: Route, method: string): Handler | undefined {
  return Object.entries(found.methods).find(([name]) => name === method)?.[1];
}

function noRoute(routes: readonly Route[], request: HttpRequest): Answer {
  if (routes.some((candidate) => candidate.path === `${request.path}/`))
    return redirect(request, `${request.path}/`);
  if (request.path.startsWith('/v1/acl/')) throw new Fault(401, 'ACL support disabled');
  throw new Fault(
    404,
    `The embedded server does not provide ${request.method} ${request.path}. Use a real Consul if you need it.`,
  );
}

/** Go's router answers so to a path with empty or dotted segments. */
function redirect(request: HttpRequest, path: string): Answer {
  const query = request.query.size === 0 ? '' : `?${request.query.toString()}`;
  return { status: 301, headers: { Location: path + query } };
}

function cleaned(path: string): string {
  return new URL(path.replaceAll(/\/{2,}/g, '/'), 'http://localhost').pathname;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Fault(400, `invalid URL escape in ${JSON.stringify(text)}`);
  }
}

function toResponse(answer: Answer, request: HttpRequest): HttpResponse {
  const status = answer.status ?? 200;
  if (answer.json === undefined) return { status, headers: answer.headers ?? {}, body: answer.text ?? '' };
  const { json, shared = false } = answer;
  const pretty = request.query.has('pretty');
  const keeps = shared && !pretty && typeof json === 'object' && json !== null;
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...answer.headers },
    body: keeps ? sharedJsonText(json) : jsonText(json, pretty),
  };
}

function problemResponse(error: unknown): HttpResponse {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
  if (isFault(error))
    return { status: error.status, headers: { ...headers, ...error.headers }, body: error.message };
  if (isEmbeddedError(error)) return { status: 500, headers, body: error.message };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 500, headers, body: `The embedded server failed: ${text}` };
}
