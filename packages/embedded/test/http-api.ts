/** One answer of a server under test. */
export interface ApiAnswer {
  readonly status: number;
  readonly index: number;
  readonly text: string;
  readonly json: unknown;
}

/** Calls a server's HTTP API. */
export async function call(address: string, path: string, init: RequestInit = {}): Promise<ApiAnswer> {
  const response = await fetch(`${address}${path}`, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type') === 'application/json';
  const json: unknown = isJson ? JSON.parse(text) : undefined;
  return { status: response.status, index: Number(response.headers.get('x-consul-index')), text, json };
}

/** Sends a PUT with a text, or with an object as JSON. */
export async function put(address: string, path: string, body: string | object = ''): Promise<ApiAnswer> {
  return call(address, path, { method: 'PUT', body: typeof body === 'string' ? body : JSON.stringify(body) });
}
