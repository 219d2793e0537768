import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { ChildProcess } from 'node:child_process';
import type { EmbeddedConsul } from '@raftainer/embedded';

type Place = Pick<EmbeddedConsul, 'host' | 'port' | 'address'>;

/** Where a Consul of its own process serves. */
export interface ConsulProcess extends Place {
  /** Ends it. */
  close(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('./consul-main.ts', import.meta.url));
/** Given here: what starts this process (a benchmark, a test runner) may run TypeScript in another way. */
const RUN_SOURCES = ['--conditions=@raftainer/source', '--import', 'tsx'];

/**
 * Starts the embedded Consul in a process of its own, so that it does not share a thread with those that use it. Throws
 * when that process ends before it serves.
 */
export async function startConsulProcess(): Promise<ConsulProcess> {
  const child = fork(MAIN, { execArgv: RUN_SOURCES });
  return {
    ...(await placeOf(child)),
    close: async () => {
      const ended = once(child, 'exit');
      // It ends by itself when nobody listens to it any more, however this process ends.
      child.disconnect();
      await ended;
    },
  };
}

async function placeOf(child: ChildProcess): Promise<Place> {
  return new Promise((resolve, reject) => {
    child.once('message', (place) => {
      resolve(place as Place);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`The process of the embedded Consul ended with ${String(code)} before it served.`));
    });
  });
}
