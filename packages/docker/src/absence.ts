import { isDockerError } from './errors.js';

/** Whether the engine says that the thing asked about does not exist. */
export function isAbsence(error: unknown): boolean {
  return (
    isDockerError(error) && (error.code === 'DOCKER_NOT_FOUND' || error.code === 'DOCKER_IMAGE_NOT_FOUND')
  );
}

/** What is not there needs no stopping and no removing. */
export async function ignoringAbsence(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
}
