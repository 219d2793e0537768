import type { CallOptions } from './call-options.js';
import { ignoringAbsence, isAbsence } from './absence.js';
import type { Engine } from './engine.js';
import { DockerError } from './errors.js';
import { importImage } from './import-image.js';
import { labelFilter } from './label-filter.js';
import { parseImageDetails, parseImageSummary } from './parse-image.js';
import type { WireImageDetails, WireImageSummary } from './parse-image.js';
import { imagePath } from './path-segment.js';
import { SharedPulls } from './shared-pulls.js';
import type {
  Images,
  ImageSummary,
  ImageDetails,
  ImageListOptions,
  PullOptions,
  EnsureImageOptions,
  EnsuredImage,
} from './images.js';

/** The images of this engine. */
export function createImages(engine: Engine): Images {
  const pulls = new SharedPulls(engine);
  return {
    inspect: (reference, options) => inspectImage(engine, reference, options),
    list: (options = {}) => listImages(engine, options),
    pull: async (reference, options = {}) => {
      await pullAndInspect(engine, { pulls, reference }, options);
    },
    ensure: (reference, options) => ensureImage(engine, { pulls, reference }, options),
    importTar: (archive, image, options = {}) => importImage(engine, { archive, image }, options),
    remove: async (reference, { force = false, ...options } = {}) => {
      const request = { doing: `remove image ${reference}`, method: 'DELETE', query: { force } } as const;
      await ignoringAbsence(engine.change({ ...request, path: `/images/${imagePath(reference)}` }, options));
    },
  };
}

/** An image to pull, and the pulls that it may share. */
interface PullTarget {
  readonly pulls: SharedPulls;
  readonly reference: string;
}

async function inspectImage(
  engine: Engine,
  reference: string,
  options?: CallOptions,
): Promise<ImageDetails | undefined> {
  const path = `/images/${imagePath(reference)}/json`;
  try {
    const answer = await engine.read({ doing: `inspect image ${reference}`, method: 'GET', path }, options);
    return parseImageDetails(answer as WireImageDetails);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

async function listImages(engine: Engine, options: ImageListOptions): Promise<readonly ImageSummary[]> {
  const query = { filters: labelFilter(options.labels) };
  const request = { doing: 'list the images', method: 'GET', path: '/images/json', query } as const;
  return ((await engine.read(request, options)) as readonly WireImageSummary[]).map(parseImageSummary);
}

async function ensureImage(
  engine: Engine,
  target: PullTarget,
  options: EnsureImageOptions,
): Promise<EnsuredImage> {
  const { reference } = target;
  if (options.policy !== 'always') {
    const present = await inspectImage(engine, reference, options);
    if (present !== undefined) return { id: present.id };
  }
  if (options.policy === 'never') {
    throw new DockerError(
      'DOCKER_IMAGE_NOT_FOUND',
      `Could not use image ${reference}: it is not on this host, and the pull policy is "never". Load it, or change the policy.`,
    );
  }
  return pullAndInspect(engine, target, options);
}

/** A proxy that cuts the progress short makes a pull look finished, so the engine is asked whether it has the image. */
async function pullAndInspect(
  engine: Engine,
  { pulls, reference }: PullTarget,
  options: PullOptions,
): Promise<EnsuredImage> {
  await pulls.pull(reference, options);
  const image = await inspectImage(engine, reference, options);
  if (image !== undefined) return { id: image.id };
  throw new DockerError(
    'DOCKER_PULL_FAILED',
    `Could not pull image ${reference}: the engine finished without having it. Try again.`,
  );
}
