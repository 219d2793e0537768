import { createDocker } from '@raftainer/docker';
import { uniqueName } from '@raftainer/testing';

import { Cleanup } from './cleanup.js';
import { EngineWatch } from './engine-watch.js';

import type { Docker } from '@raftainer/docker';
import type { BenchOptions } from '../options.js';

/** What every part of the benchmark stands on. */
export interface Ground {
  readonly options: BenchOptions;
  /** Random; part of every name that is made, so that runs do not meet. */
  readonly run: string;
  readonly docker: Docker;
  /** As in DOCKER_HOST. */
  readonly engineHost: string;
  readonly image: string;
  readonly engine: EngineWatch;
  readonly cleanup: Cleanup;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Progress, for who waits. */
  readonly log: (line: string) => void;
}

/** Gets hold of the engine that `scripts/bench.mjs` found. */
export async function prepareGround(options: BenchOptions, signal: AbortSignal): Promise<Ground> {
  const engineHost = required('DOCKER_HOST');
  const image = required('RAFTAINER_TEST_IMAGE');
  const cleanup = new Cleanup();
  const docker = createDocker({ host: engineHost });
  const engine = await EngineWatch.start(docker);
  cleanup.add(async () => {
    engine.close();
    docker.close();
    return Promise.resolve();
  });
  const log = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  return { options, run: uniqueName('bench'), docker, engineHost, image, engine, cleanup, signal, log };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set; run npm run bench.`);
  return value;
}
