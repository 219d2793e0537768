import type { Cluster } from '@raftainer/cluster';
import { createCluster } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';
import { createConsul, consulOptionsFromEnv } from '@raftainer/consul';
import type { Docker } from '@raftainer/docker';
import { consulEnvironment } from './consul-environment.js';
import type { Io } from './io.js';
import { Output } from './output/output.js';

/** Options that every verb takes. */
export interface GlobalOptions {
  readonly consulAddr?: string;
  readonly token?: string;
  readonly json?: boolean;
}

/** One command's connections and output; connections are made when they are first asked for. */
export class Context {
  readonly io: Io;
  readonly output: Output;
  readonly #options: GlobalOptions;
  #consul: ConsulClient | undefined;
  #docker: Docker | undefined;

  constructor(io: Io, options: GlobalOptions) {
    this.io = io;
    this.#options = options;
    this.output = new Output(io, options.json ?? false);
  }

  /** The records in Consul. Throws `CONSUL_BAD_OPTIONS` for an address that is none. */
  get cluster(): Cluster {
    const { consulAddr: address, token } = this.#options;
    this.#consul ??= createConsul(consulOptionsFromEnv(consulEnvironment(this.io.env, { address, token })));
    return createCluster(this.#consul);
  }

  /** The Docker engine of this host. */
  async docker(): Promise<Docker> {
    // Loaded late: it takes longer to load than most commands to run.
    const { createDocker } = await import('@raftainer/docker');
    const host = this.io.env.DOCKER_HOST;
    this.#docker ??= createDocker(host === undefined || host === '' ? {} : { host });
    return this.#docker;
  }

  /** Closes what was opened, so that the process can end. */
  close(): void {
    this.#consul?.close();
    this.#docker?.close();
  }
}
