import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { AgentError, messageOf } from '../agent-error.js';
import { SecretsFolder } from './secrets-folder.js';

/** Where files are kept when nothing is said: the first of them that is in memory. */
const DEFAULTS: readonly string[] = ['/run/raftainer/secrets', '/dev/shm/raftainer-secrets'];

/**
 * Opens the folder for files of pods, the one that is named or one that is in memory everywhere.
 *
 * @throws AgentError `AGENT_SECRETS_DIR_UNUSABLE`.
 */
export async function openSecretsFolder(directory: string | undefined, host: string): Promise<SecretsFolder> {
  const engine = process.env.DOCKER_HOST ?? '';
  if (/^(?:tcp|ssh|https?):/.test(engine)) {
    const message = `Files of pods are mounted from this machine, and the engine ${engine} is on another one. Run an agent beside that engine.`;
    throw new AgentError('AGENT_SECRETS_DIR_UNUSABLE', message, { retryable: true });
  }
  if (directory !== undefined) return SecretsFolder.open(directory, host);
  const problems: string[] = [];
  for (const candidate of candidates()) {
    try {
      return await SecretsFolder.open(candidate, host);
    } catch (error: unknown) {
      problems.push(messageOf(error));
    }
  }
  throw new AgentError('AGENT_SECRETS_DIR_UNUSABLE', problems.join(' '), { retryable: true });
}

/** Removes the files of a host name that nobody has any more, wherever they may be. */
export async function removeSecretsOf(host: string, directory: string | undefined): Promise<void> {
  const directories = directory === undefined ? candidates() : [directory];
  for (const each of directories) await rm(join(each, host), { recursive: true, force: true });
}

/** A user's own runtime folder is in memory, too. */
function candidates(): readonly string[] {
  const runtime = process.env.XDG_RUNTIME_DIR;
  const own =
    process.getuid?.() === 0 || runtime === undefined || runtime === ''
      ? []
      : [`${runtime}/raftainer/secrets`];
  return [...own, ...DEFAULTS];
}
