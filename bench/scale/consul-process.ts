import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { EmbeddedConsul } from '@raftainer/embedded';

/** Where a Consul of its own process serves. */
export interface ConsulProcess extends Pick<EmbeddedConsul, 'host' | 'port' | 'address'> {
  /** Ends it. */
  close(): Promise<void>;
}

/** Starts the embedded Consul in a process of its own, so that it does not share a thread with those that use it. */
export async function startConsulProcess(): Promise<ConsulProcess> {
  const child = fork(fileURLToPath(new URL('./consul-main.ts', import.meta.url)));
  const [place] = (await once(child, 'message')) as [Pick<EmbeddedConsul, 'host' | 'port' | 'address'>];
  return {
    ...place,
    close: async () => {
      const ended = once(child, 'exit');
      // It ends by itself when nobody listens to it any more, however this process ends.
      child.disconnect();
      await ended;
    },
  };
}
