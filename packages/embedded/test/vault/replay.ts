import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { differences, learn, translate } from './match-recorded.js';
import { callVault, type VaultUnderTest } from './vault-api.js';

interface Exchange {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

/** What one exchange came to. */
export interface ReplayResult {
  readonly name: string;
  /** Empty when the answer was the recorded one. */
  readonly problems: readonly string[];
}

/** How to replay. */
export interface ReplayOptions {
  /** Replaces the recorded connection of the database engine; without it, the exchanges about databases are left out. */
  readonly postgres?: {
    readonly connectionUrl: string;
    readonly username: string;
    readonly password: string;
  };
}

/** What passed between the requests when they were recorded: a renewal near the maximum, and an expiry. */
const WAITS_MS: Readonly<Record<string, number>> = {
  'lease renew short (near max)': 3000,
  'lease renew short expired': 7000,
};

const DATABASE = /database|^lease/;

/** The exchanges that were recorded from a real Vault, in their order. */
export function recordedExchanges(): readonly Exchange[] {
  const file = new URL('exchanges.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly exchanges: readonly Exchange[] }).exchanges;
}

/** Sends every recorded request to a new server and compares what it answers. */
export async function replay(
  server: VaultUnderTest,
  options: ReplayOptions = {},
): Promise<readonly ReplayResult[]> {
  const known = new Map<string, string>();
  const results: ReplayResult[] = [];
  for (const exchange of recordedExchanges()) {
    if (options.postgres === undefined && DATABASE.test(exchange.name)) continue;
    await delay(WAITS_MS[exchange.name] ?? 0);
    results.push({ name: exchange.name, problems: await replayOne(server, { exchange, known, options }) });
  }
  return results;
}

interface Step {
  readonly exchange: Exchange;
  readonly known: Map<string, string>;
  readonly options: ReplayOptions;
}

async function replayOne(
  server: VaultUnderTest,
  { exchange, known, options }: Step,
): Promise<readonly string[]> {
  const { request, response } = exchange;
  const headers = translate(request.headers, known);
  const token = headers['x-vault-token'] === 'root' ? server.rootToken : headers['x-vault-token'];
  const body = translate(withDatabase(request.body, options), known);
  const path = translate(request.path, known).replace(/^\/v1\//, '');
  const reply = await callVault(server.address, path, {
    method: request.method,
    headers: { ...headers, ...(token === undefined ? {} : { 'x-vault-token': token }) },
    ...(body === undefined ? {} : { body }),
  });
  const actual: unknown = reply.text === '' ? null : JSON.parse(reply.text);
  learn(response.body, actual, known);
  const headerProblems = Object.entries(response.headers)
    .filter(([name, value]) => reply.headers.get(name) !== value)
    .map(([name]) => `header ${name}: ${reply.headers.get(name) ?? 'missing'}`);
  const status =
    reply.status === response.status ? [] : [`status: ${response.status} recorded, ${reply.status} found`];
  return [...status, ...headerProblems, ...differences(response.body, actual)];
}

function withDatabase(body: unknown, options: ReplayOptions): unknown {
  const { postgres } = options;
  if (postgres === undefined || typeof body !== 'object' || body === null || !('connection_url' in body))
    return body;
  const { connectionUrl, username, password } = postgres;
  return { ...body, connection_url: connectionUrl, username, password };
}
