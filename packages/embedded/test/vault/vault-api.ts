/** A server under test, and a token that may do anything on it. */
export interface VaultUnderTest {
  readonly address: string;
  readonly rootToken: string;
}

/** One answer. */
export interface VaultReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: ReplyBody;
}

/** The parts of an answer that tests look at; `{}` where there is no JSON. */
export interface ReplyBody {
  readonly errors?: readonly string[];
  readonly warnings?: readonly string[] | null;
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly auth?: AuthReply | null;
  readonly wrap_info?: {
    readonly token: string;
    readonly ttl: number;
    readonly creation_path: string;
  } | null;
  readonly lease_id?: string;
  readonly lease_duration?: number;
  readonly renewable?: boolean;
  readonly sealed?: boolean;
}

/** What a login gives. */
export interface AuthReply {
  readonly client_token: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly lease_duration: number;
  readonly renewable: boolean;
  readonly orphan: boolean;
}

/** How a request is made. */
export interface VaultRequest {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Calls the HTTP API of a server. */
export async function callVault(
  address: string,
  path: string,
  request: VaultRequest = {},
): Promise<VaultReply> {
  const { method = request.body === undefined ? 'GET' : 'POST', token, headers, body } = request;
  const response = await fetch(`${address}/v1/${path}`, {
    method,
    headers: { ...(token === undefined ? {} : { 'X-Vault-Token': token }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = text !== '' && response.headers.get('content-type') === 'application/json';
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (isJson ? JSON.parse(text) : {}) as ReplyBody,
  };
}
