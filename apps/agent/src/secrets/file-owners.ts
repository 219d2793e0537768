import { resolveOwner } from './owner.js';

import type { Owner } from './owner.js';
import type { Docker } from '@raftainer/docker';

/** Who the files of containers belong to; what their images say of users is asked for when a name is to be resolved. */
export class FileOwners {
  readonly #docker: Docker;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /**
   * The owner by its text; without one, the user that the container's image names.
   *
   * @throws AgentError `AGENT_SECRET_OWNER_UNKNOWN`.
   */
  async of(owner: string | undefined, container: string): Promise<Owner> {
    const text = owner ?? (await this.#imageUser(container)) ?? '0:0';
    return resolveOwner(text, {
      passwd: () => this.#read(container, '/etc/passwd'),
      group: () => this.#read(container, '/etc/group'),
    });
  }

  async #imageUser(container: string): Promise<string | undefined> {
    const { imageId } = await this.#docker.containers.inspect(container);
    const user = (await this.#docker.images.inspect(imageId))?.user;
    return user === '' ? undefined : user;
  }

  async #read(container: string, path: string): Promise<string | undefined> {
    return (await this.#docker.containers.readFile(container, path))?.toString();
  }
}
