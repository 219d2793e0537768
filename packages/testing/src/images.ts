import { ensureExampleImage, ensureTestImage } from '../../../scripts/image.mjs';

/** The integration project's set-up makes the images once and tells its workers by these variables. */
const IMAGE_VARIABLES = {
  test: 'RAFTAINER_TEST_IMAGE',
  example: 'RAFTAINER_EXAMPLE_IMAGE',
} as const;

/**
 * Name of a small local image (a few megabytes) with `/bin/sh`, `sleep`, `cat`, `echo`, `true`, `false`, `env`, `ls`,
 * `getent` and their like. No registry is needed: it is made from this machine's files when it is missing.
 *
 * @throws SetupError where it can be neither found nor made; the message says what to do.
 */
export async function testImage(): Promise<string> {
  return process.env[IMAGE_VARIABLES.test] ?? ensureTestImage();
}

/** As {@link testImage}, with Node beside the shell (about 100 MB): for containers that serve HTTP. */
export async function exampleImage(): Promise<string> {
  return process.env[IMAGE_VARIABLES.example] ?? ensureExampleImage();
}
