import { DockerError } from './errors.js';

/**
 * An id or name as part of a request's path.
 *
 * @throws DockerError `DOCKER_BAD_REQUEST` for names that would make the path mean something else: an empty one turns
 * "this container" into "all containers".
 */
export function pathSegment(name: string): string {
  if (name === '' || name === '.' || name === '..') {
    throw new DockerError(
      'DOCKER_BAD_REQUEST',
      `Could not use "${name}" as an id or name. Give one that Docker knows.`,
    );
  }
  return encodeURIComponent(name);
}

/** An image reference as part of a request's path: its slashes stay. */
export function imagePath(reference: string): string {
  return reference.split('/').map(pathSegment).join('/');
}
