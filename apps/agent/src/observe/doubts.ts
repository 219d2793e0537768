import type { CallOptions, ContainerSummary, Docker } from '@raftainer/docker';

/**
 * Containers that the engine said have died. Docker tells of a death before its list knows (moby, `handleContainerExit`:
 * the `die` event goes out, then networks are cleaned up, then the list's copy is updated), so a list read at once
 * still says "running". Inspecting waits for the engine to finish and tells the truth.
 */
export class Doubts {
  readonly #docker: Docker;
  readonly #ids = new Set<string>();

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** The engine said that it died. */
  add(id: string): void {
    this.#ids.add(id);
  }

  /** The list as it really is. */
  async settle(
    listed: readonly ContainerSummary[],
    options: CallOptions,
  ): Promise<readonly ContainerSummary[]> {
    if (this.#ids.size === 0) return listed;
    const doubted = new Set(this.#ids);
    const settled = await Promise.all(
      listed.map(async (summary) =>
        doubted.has(summary.id) && summary.state === 'running' ? this.#inspect(summary, options) : summary,
      ),
    );
    for (const id of doubted) this.#ids.delete(id);
    return settled.filter((summary) => summary !== undefined);
  }

  async #inspect(summary: ContainerSummary, options: CallOptions): Promise<ContainerSummary | undefined> {
    try {
      const { state, exitCode } = await this.#docker.containers.inspect(summary.id, options);
      return { ...summary, state, ...(exitCode === undefined ? {} : { exitCode }) };
    } catch (error: unknown) {
      if (error instanceof Error && 'code' in error && error.code === 'DOCKER_NOT_FOUND') return undefined;
      throw error;
    }
  }
}
