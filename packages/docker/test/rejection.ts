import { expect } from 'vitest';
import { isDockerError } from '../src/index.js';
import type { DockerError } from '../src/index.js';

/** The error with which `work` fails; the test fails when it is not one of ours, or there is none. */
export async function rejection(work: Promise<unknown>): Promise<DockerError> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) expect.fail(`It gave ${JSON.stringify(outcome.value)} instead of failing.`);
  if (!isDockerError(outcome.error)) expect.fail(`Not a DockerError: ${String(outcome.error)}`);
  return outcome.error;
}
