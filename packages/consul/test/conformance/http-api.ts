import { randomBytes } from 'node:crypto';

/** The body, believed to be a `T`: the assertions that follow check what matters. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows the shape
type ReadJson = <T>() => T;

/** A raw answer: the suite is about what is on the wire, not about what our client makes of it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `X-Consul-Index`, NaN without one. */
  readonly index: number;
  /** Milliseconds that it took. */
  readonly took: number;
  readonly json: ReadJson;
}

/** The HTTP API below `/v1`. Strings are sent as they are, anything else as JSON. */
export interface HttpApi {
  readonly base: string;
  get(path: string): Promise<Answer>;
  put(path: string, body?: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  send(method: string, path: string, body?: unknown): Promise<Answer>;
}

export function createHttpApi(base: string): HttpApi {
  const send = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const started = performance.now();
    const response = await fetch(`${base}/v1/${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(55_000),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      index: Number(response.headers.get('x-consul-index') ?? Number.NaN),
      took: performance.now() - started,
      json: (() => JSON.parse(text) as unknown) as ReadJson,
    };
  };
  return {
    base,
    send,
    get: (path) => send('GET', path),
    put: (path, body) => send('PUT', path, body),
    delete: (path) => send('DELETE', path),
  };
}

/** A name that no other test of this run uses, nor begins with. */
export function unique(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

/** No session of this id ever exists. */
export const NO_SESSION = '8b2b3b3b-1111-2222-3333-444444444444';

export interface WireEntry {
  readonly Key: string;
  readonly Value: string | null;
  readonly Flags: number;
  readonly LockIndex: number;
  readonly Session?: string;
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

/** A key read in full; fails when it does not exist. */
export async function readEntry(http: HttpApi, key: string): Promise<WireEntry> {
  const answer = await http.get(`kv/${key}`);
  const [entry] = answer.json<readonly WireEntry[]>();
  if (entry === undefined) throw new Error(`${key} is missing`);
  return entry;
}

/** The text of a value on the wire. */
export function textOf(value: string | null): string {
  return Buffer.from(value ?? '', 'base64').toString('utf8');
}

/** Makes a session and returns its id. */
export async function createSession(http: HttpApi, body: unknown = {}): Promise<string> {
  const answer = await http.put('session/create', body);
  if (answer.status !== 200) throw new Error(`session/create: ${String(answer.status)} ${answer.text}`);
  return answer.json<{ readonly ID: string }>().ID;
}

/** Name of the agent's node. */
export async function nodeNameOf(http: HttpApi): Promise<string> {
  const answer = await http.get('agent/self');
  return answer.json<{ readonly Config: { readonly NodeName: string } }>().Config.NodeName;
}

export interface WireCheck {
  readonly Node: string;
  readonly CheckID: string;
  readonly Name: string;
  readonly Status: string;
  readonly Notes: string;
  readonly Output: string;
  readonly ServiceID: string;
  readonly ServiceName: string;
}

/** One of the agent's checks; fails when it does not exist. */
export async function readCheck(http: HttpApi, id: string): Promise<WireCheck> {
  const check = (await http.get('agent/checks')).json<Readonly<Record<string, WireCheck>>>()[id];
  if (check === undefined) throw new Error(`the agent has no check ${id}`);
  return check;
}
