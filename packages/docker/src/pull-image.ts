import { DockerError } from './errors.js';
import type { Engine } from './engine.js';
import { parseImageReference } from './image-reference.js';
import { imageProgress } from './image-stream.js';
import type { PullCredentials, PullProgress } from './images.js';
import { toPullError } from './to-docker-error.js';

/** Docker Hub's address in credentials; historical, with a path. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

/** One pull, whoever waits for it. */
export interface PullJob {
  readonly reference: string;
  readonly credentials?: PullCredentials;
  readonly stallTimeoutMs: number;
  readonly onProgress: (progress: PullProgress) => void;
  readonly signal: AbortSignal;
}

/** Pulls an image and resolves at the end of the progress; every line of it restarts the stall timer. */
export async function pullImage(engine: Engine, job: PullJob): Promise<void> {
  const doing = `pull image ${job.reference}`;
  const { repository, version, registry } = parseImageReference(job.reference);
  await engine.within(doing, { signal: job.signal }, async (scope) => {
    const stall = setTimeout(() => {
      scope.fail(stalled(job));
    }, job.stallTimeoutMs);
    try {
      const query = { fromImage: repository, tag: version };
      const registryAuth = job.credentials && authConfig(job.credentials, registry ?? DOCKER_HUB);
      const chunks = await engine.open(
        {
          doing,
          method: 'POST',
          path: '/images/create',
          query,
          ...(registryAuth && { registryAuth }),
          explain: toPullError,
        },
        { signal: scope.signal },
      );
      for await (const progress of imageProgress(chunks)) {
        stall.refresh();
        job.onProgress(progress);
      }
    } catch (error) {
      throw toPullError(scope.signal.aborted ? scope.signal.reason : error, doing);
    } finally {
      clearTimeout(stall);
    }
  });
}

function authConfig(credentials: PullCredentials, registry: string): object {
  const { username, password, serverAddress = registry } = credentials;
  return { username, password, serveraddress: serverAddress };
}

function stalled({ reference, stallTimeoutMs }: PullJob): DockerError {
  return new DockerError(
    'DOCKER_PULL_STALLED',
    `Could not pull image ${reference}: no progress for ${stallTimeoutMs} ms. Check the registry, and the network of the engine.`,
  );
}
