import { isAbsence } from './absence.js';
import type { CallOptions } from './call-options.js';
import { bounded } from './engine.js';
import type { Engine } from './engine.js';
import { DockerError } from './errors.js';
import { pathSegment } from './path-segment.js';
import { fileInTar } from './file-in-tar.js';

/** More than any file that says who users are or what they set. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Reads a small file out of a container, running or not; see {@link Containers.readFile}. */
export async function readFile(
  engine: Engine,
  { id, path }: { readonly id: string; readonly path: string },
  options: CallOptions,
): Promise<Buffer | undefined> {
  const doing = `read ${path} of container ${id}`;
  return engine.within(doing, bounded(options, engine.deadlines.timeoutMs), async ({ signal }) => {
    try {
      const request = {
        doing,
        method: 'GET',
        path: `/containers/${pathSegment(id)}/archive`,
        query: { path },
      } as const;
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of await engine.open(request, { signal })) {
        size += chunk.length;
        if (size > MAX_BYTES) throw tooLarge(doing);
        chunks.push(chunk);
      }
      return fileInTar(Buffer.concat(chunks));
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw error;
    }
  });
}

function tooLarge(doing: string): DockerError {
  return new DockerError(
    'DOCKER_BAD_REQUEST',
    `Could not ${doing}: it is larger than ${MAX_BYTES / 1024 / 1024} MiB. Copy it in another way.`,
  );
}
