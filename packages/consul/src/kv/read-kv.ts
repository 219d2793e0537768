import { ConsulError } from '../consul-error.js';
import { expectList } from '../transport/expect-shape.js';
import { responseWithStatus } from '../transport/response-with-status.js';
import { forbiddenAdvice } from '../transport/to-consul-error.js';
import type { ReadOptions, Reply, Transport } from '../transport/transport.js';
import type { WireArguments, WireGet } from '../transport/wire-client.js';
import { checkKey } from './check-arguments.js';
import { decodeEntry } from './decode-entry.js';
import type { RawEntry } from './decode-entry.js';
import type { KvKeysOptions, KvReadOptions } from './kv.js';
import type { KvEntry } from './kv-entry.js';

/** A read that may block, and may have to be consistent. */
type KvQueryOptions = ReadOptions & KvReadOptions;

/** Reads one key. */
export async function readKey(transport: Transport, key: string, options?: KvQueryOptions): Promise<Reply> {
  checkKey(key);
  return read(transport, { doing: `reading the key "${key}"`, key, query: {}, options });
}

/** Reads all entries below a prefix. */
export function readPrefix(transport: Transport, prefix: string, options?: KvQueryOptions): Promise<Reply> {
  const doing = `listing the keys below "${prefix}"`;
  return read(transport, { doing, key: prefix, query: { recurse: 'true' }, options });
}

/** Reads the names below a prefix. */
export function readNames(
  transport: Transport,
  prefix: string,
  options?: ReadOptions & KvKeysOptions,
): Promise<Reply> {
  const doing = `listing the key names below "${prefix}"`;
  const query: Record<string, string> = { keys: 'true' };
  if (options?.separator !== undefined) query.separator = options.separator;
  return read(transport, { doing, key: prefix, query, options });
}

/** The entry of a reply to `readKey`. */
export function toEntry(reply: Reply): KvEntry | undefined {
  return toEntries(reply)[0];
}

/** The entries of a reply to `readPrefix`. */
export function toEntries(reply: Reply): readonly KvEntry[] {
  return (expectList(reply) as readonly RawEntry[]).map(decodeEntry);
}

/** The names of a reply to `readNames`. */
export function toNames(reply: Reply): readonly string[] {
  return expectList(reply) as readonly string[];
}

interface KvRead {
  readonly doing: string;
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
  readonly options: KvQueryOptions | undefined;
}

/**
 * Goes below the library's `kv.get`, which takes any answer that it does not understand for an absent key. Whoever acts on an
 * empty prefix must be sure of it, so only Consul's own 404, the one with an index, counts as one,
 * and an answer from which something was left out for want of a right counts as none.
 */
async function read(transport: Transport, { doing, key, query: asked, options }: KvRead): Promise<Reply> {
  const query = options?.consistent === true ? { ...asked, consistent: 'true' } : asked;
  const reply = await transport.call({
    doing,
    options,
    blocking: options?.blocking,
    run: (wire, input) =>
      wire
        ._get(toRequest(input, key, query))
        .then((response) => [response, response.body] as const)
        .catch(responseWithStatus(404)),
  });
  if (reply.index === undefined || (reply.statusCode !== 404 && !Array.isArray(reply.body))) {
    throw new ConsulError(
      'CONSUL_SERVER_ERROR',
      `The answer (HTTP ${reply.statusCode}) is not Consul's while ${doing}. Check the address.`,
      { retryable: true, statusCode: reply.statusCode },
    );
  }
  if (reply.filtered === true) {
    throw new ConsulError(
      'CONSUL_FORBIDDEN',
      `Consul left out what the token may not read while ${doing}. ${forbiddenAdvice(`key_prefix "${key}" read`)}`,
      { retryable: false, statusCode: 403 },
    );
  }
  return reply.statusCode === 404 ? { ...reply, body: [] } : reply;
}

function toRequest(input: WireArguments, key: string, query: KvRead['query']): WireGet {
  const { ctx, timeout, token, dc, index, wait } = input;
  const optional = Object.entries({ dc, index, wait }).filter(([, value]) => value !== undefined);
  return {
    name: 'kv.get',
    path: '/kv/{key}',
    params: { key },
    query: { ...query, ...(Object.fromEntries(optional) as Readonly<Record<string, string>>) },
    headers: token === undefined ? {} : { 'x-consul-token': token },
    ctx,
    timeout,
  };
}
