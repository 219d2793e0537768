import { resolveOwner } from './owner.js';

import type { Owner } from './owner.js';
import type { ContainerFolder, FileContent, SecretsFolder } from './secrets-folder.js';
import type { SecretNeed } from './secret-needs.js';
import type { NeedValue } from './slot-values.js';
import type { Docker } from '@raftainer/docker';
import type { ContainerSecrets } from '@raftainer/planner';

/** Files to write. */
export interface Writing {
  readonly secrets: ContainerSecrets;
  /** Those of them that are to be written. */
  readonly values: readonly NeedValue[];
  /** Docker's id, once there is a container: only its image knows the owners' names. Without it they are the agent's own. */
  readonly container?: string;
}

/** Writes the files of containers for their owners. */
export class ContainerFiles {
  readonly #docker: Docker;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** @throws AgentError `AGENT_SECRET_OWNER_UNKNOWN`. */
  async write(
    folder: SecretsFolder,
    where: ContainerFolder,
    { secrets, values, container }: Writing,
  ): Promise<void> {
    const contents: FileContent[] = [];
    for (const { need, value } of values) {
      if (need.file === undefined) continue;
      const owner = container === undefined ? {} : { owner: await this.#ownerOf(need, container) };
      contents.push({ plan: need.file, content: value, ...owner });
    }
    await folder.write(where, secrets.files, contents);
  }

  /** The owner by its text; without one, the user that the container's image names. */
  async #ownerOf({ file, target }: SecretNeed, container: string): Promise<Owner> {
    const text = file?.owner ?? (await this.#imageUser(container)) ?? '0:0';
    const files = {
      passwd: () => this.#read(container, '/etc/passwd'),
      group: () => this.#read(container, '/etc/group'),
    };
    return resolveOwner(text, files, target);
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
