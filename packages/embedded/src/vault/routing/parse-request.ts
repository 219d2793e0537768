import type { HttpRequest } from '../../http/http-server.js';
import { isObject } from '../wire/fields.js';
import type { JsonObject, Operation } from '../wire/vault-call.js';
import { badRequest, VaultFault } from '../wire/vault-fault.js';

/** A request, read but not yet judged. */
export interface ParsedRequest {
  /** After `/v1/`, decoded. */
  readonly path: string;
  /** For a write `update`: whether it creates is only known later. */
  readonly operation: Operation;
  readonly writes: boolean;
  readonly body: JsonObject;
  readonly query: URLSearchParams;
  /** Empty when there is none. */
  readonly tokenId: string;
  readonly wrapTtl: string | undefined;
}

/** Reads a request. Throws a fault for what no engine could answer. */
export function parseRequest(request: HttpRequest): ParsedRequest {
  refuseNamespace(request);
  const operation = operationOf(request);
  return {
    path: pathOf(request.path),
    operation,
    writes: operation === 'update',
    body: bodyOf(request.body),
    query: request.query,
    tokenId: tokenIdOf(request),
    wrapTtl: header(request, 'x-vault-wrap-ttl'),
  };
}

/** Ignoring it would mix what somebody wants to keep apart. */
function refuseNamespace(request: HttpRequest): void {
  const namespace = (header(request, 'x-vault-namespace') ?? '').replaceAll('/', '');
  if (namespace !== '' && namespace !== 'root')
    throw badRequest(
      'namespaces are not provided by the embedded server: leave X-Vault-Namespace out, or use a real Vault',
    );
}

function operationOf(request: HttpRequest): Operation {
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return request.query.get('list') === 'true' ? 'list' : 'read';
    case 'LIST':
      return 'list';
    case 'PUT':
    case 'POST':
      return 'update';
    case 'DELETE':
      return 'delete';
    default:
      throw new VaultFault(405);
  }
}

function pathOf(sent: string): string {
  if (!sent.startsWith('/v1/')) throw new VaultFault(404);
  const path = decode(sent.slice('/v1/'.length));
  if (path.split('/').some((segment) => segment === '..' || segment === '.'))
    throw badRequest('relative paths not supported');
  return path;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badRequest('the path is not percent-encoded correctly');
  }
}

function bodyOf(bytes: Buffer): JsonObject {
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    // The parser's own words may quote a secret.
    throw badRequest('error parsing JSON');
  }
  if (value === null) return {};
  if (!isObject(value)) throw badRequest('error parsing JSON: not an object');
  return value;
}

function tokenIdOf(request: HttpRequest): string {
  const own = header(request, 'x-vault-token');
  if (own !== undefined) return own;
  return /^Bearer\s+(\S+)$/i.exec(header(request, 'authorization') ?? '')?.[1] ?? '';
}

function header(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
