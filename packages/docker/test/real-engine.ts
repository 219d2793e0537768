import { testImage, uniqueName } from '@raftainer/testing';
import { createDocker } from '../src/index.js';
import type { ContainerSpec, Docker } from '../src/index.js';

/** What the tests of one file make on the real engine, told apart by a label of this run. */
export interface Workbench {
  readonly docker: Docker;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  name(prefix: string): string;
  /** Creates a container of the test image that runs a shell script. */
  create(script: string, spec?: Partial<ContainerSpec>): Promise<string>;
  /** Creates and starts one. */
  run(script: string, spec?: Partial<ContainerSpec>): Promise<string>;
  /** Removes everything with the label. */
  cleanUp(): Promise<void>;
}

/** Ends on SIGTERM at once, where a shell that waits for `sleep` would sit out the grace period. */
export const IDLE = 'trap "exit 0" TERM; while :; do sleep 0.1; done';

export async function workbench(): Promise<Workbench> {
  const docker = createDocker();
  const image = await testImage();
  const labels = { 'raftainer.test.run': uniqueName('docker') };
  const create = async (script: string, spec: Partial<ContainerSpec> = {}): Promise<string> =>
    docker.containers.create({
      name: uniqueName('docker-test'),
      image,
      command: ['/bin/sh', '-c', script],
      ...spec,
      labels: { ...labels, ...spec.labels },
    });
  return {
    docker,
    image,
    labels,
    name: uniqueName,
    create,
    run: async (script, spec) => {
      const id = await create(script, spec);
      await docker.containers.start(id);
      return id;
    },
    cleanUp: async () => {
      const containers = await docker.containers.list({ labels });
      await Promise.all(
        containers.map(({ id }) => docker.containers.remove(id, { force: true, volumes: true })),
      );
      for (const { id } of await docker.networks.list({ labels })) await docker.networks.remove(id);
      for (const { name } of await docker.volumes.list({ labels })) await docker.volumes.remove(name);
      docker.close();
    },
  };
}
