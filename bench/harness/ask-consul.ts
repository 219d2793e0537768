/** A simulated fleet keeps its only thread busy for far longer than any agent. */
const TIMEOUT_MS = 120_000;

/** What Consul said. */
export interface ConsulAnswer {
  readonly index: number;
  /** Undefined: there is nothing of that name. */
  readonly body: unknown;
}

/** Reads one path under `/v1/`. An answer without an index is an error. */
export async function askConsul(address: string, path: string): Promise<ConsulAnswer> {
  const url = `${address}/v1/${path}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = await response.text();
  const index = Number(response.headers.get('x-consul-index'));
  // A folder without keys is "not found", with an index all the same.
  if ((!response.ok && response.status !== 404) || !(index > 0)) {
    throw new Error(`${url} answered ${response.status} without an index.`);
  }
  return { index, body: response.ok ? JSON.parse(text) : undefined };
}
