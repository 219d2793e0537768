import type { Readable } from 'node:stream';
import type { CallOptions } from './call-options.js';
import { bounded } from './engine.js';
import type { Engine } from './engine.js';
import { parseImageReference } from './image-reference.js';
import { imageProgress, ProgressError } from './image-stream.js';
import type { EnsuredImage, ImportedImage } from './images.js';
import { failure } from './to-docker-error.js';

const DEFAULT_IMPORT_TIMEOUT_MS = 600_000;

/** What to import, and as what. */
export interface ImageImport {
  readonly archive: Readable | Uint8Array;
  readonly image: ImportedImage;
}

/** Imports a tar archive as an image; see {@link Images.importTar}. */
export async function importImage(
  engine: Engine,
  { archive, image }: ImageImport,
  options: CallOptions,
): Promise<EnsuredImage> {
  const doing = `import image ${image.tag}`;
  const { repository, version } = parseImageReference(image.tag);
  const query = { fromSrc: '-', repo: repository, tag: version, changes: image.changes };
  const upload = archive instanceof Uint8Array ? asBuffer(archive) : archive;
  try {
    return await engine.within(doing, bounded(options, DEFAULT_IMPORT_TIMEOUT_MS), async ({ signal }) => {
      const request = { doing, method: 'POST', path: '/images/create', query, upload } as const;
      return { id: await importedId(await engine.open(request, { signal }), doing) };
    });
  } catch (error) {
    // Nobody reads it any further.
    if (!(archive instanceof Uint8Array)) archive.destroy();
    throw error;
  }
}

/** The last line of the progress is the id. */
async function importedId(chunks: AsyncIterable<Buffer>, doing: string): Promise<string> {
  let id = '';
  try {
    for await (const { status } of imageProgress(chunks)) if (status.startsWith('sha256:')) id = status;
  } catch (error) {
    if (!(error instanceof ProgressError)) throw error;
    throw failure(doing, 'DOCKER_BAD_REQUEST', { text: error.message, cause: error });
  }
  if (id === '') throw failure(doing, 'DOCKER_SERVER_ERROR', { text: 'the engine gave no image id' });
  return id;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
