/** A slot and what its holder should have applied. */
export interface Applied {
  readonly slot: string;
  readonly revision: string | undefined;
}

/** A simulated fleet keeps its only thread busy for far longer than any agent. */
const TIMEOUT_MS = 120_000;

/**
 * Whether a slot's record says that it runs under a revision, and all checks of its pod pass. Asked with `fetch`, which
 * the meter of the agents' requests does not count.
 */
export async function isReported(address: string, { slot, revision }: Applied): Promise<boolean> {
  const [pod = ''] = slot.split('/');
  const [status, checks] = await Promise.all([
    read(`${address}/v1/kv/raftainer/pods/status/${slot}?raw`),
    read(`${address}/v1/health/checks/${pod}`),
  ]);
  const { phase, revision: applied } = (status ?? {}) as {
    readonly phase?: string;
    readonly revision?: string;
  };
  const passing =
    Array.isArray(checks) && checks.every(({ Status }: { readonly Status: string }) => Status === 'passing');
  return phase === 'running' && applied === revision && passing;
}

async function read(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = await response.text();
  return response.ok ? JSON.parse(text) : undefined;
}
