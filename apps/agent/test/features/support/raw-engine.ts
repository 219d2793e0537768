import { dockerHosts, dockerRequest } from '../../../../../scripts/docker-api.mjs';

/** What the engine itself says, word for word: not through the client under test. */
export async function ask<T>(path: string, method = 'GET'): Promise<T> {
  const [host] = dockerHosts();
  const { status, text } = await dockerRequest(host ?? '', path, { method, timeoutMs: 90_000 });
  if (status >= 300) throw new Error(`${method} ${path} gave ${String(status)}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** The part of `GET /containers/{id}/json` that tests look at. */
export interface RawContainer {
  readonly Config: {
    readonly Env: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
    readonly User: string;
    readonly WorkingDir: string;
    readonly Entrypoint: readonly string[] | null;
    readonly Cmd: readonly string[] | null;
    readonly StopSignal?: string;
    readonly Hostname: string;
  };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
}

export async function rawContainer(id: string): Promise<RawContainer> {
  return ask<RawContainer>(`/containers/${id}/json`);
}
