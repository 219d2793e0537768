import { openSecretsFolder } from './open-secrets-folder.js';

import type { Config } from '../config/config.js';
import type { Logger } from '@raftainer/logger';

/**
 * Says at the start that the folder which was named for files of pods cannot be used, and why: else nobody learns of it
 * before the first pod with a file comes. Pods without files need no folder, so the agent goes on. Nothing is asked of the
 * default folders, which a host without such pods need not have.
 */
export async function checkSecretsFolder(
  { secrets: { directory }, host }: Pick<Config, 'secrets' | 'host'>,
  logger: Logger,
): Promise<void> {
  if (directory === undefined) return;
  try {
    await openSecretsFolder(directory, host);
  } catch (error: unknown) {
    logger.error({ error }, 'Pods that have files wait until the folder for them can be used');
  }
}
