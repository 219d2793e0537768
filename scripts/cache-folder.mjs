import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where fetched tools are kept, for all clones of this user: RAFTAINER_CACHE_DIR, else the platform's cache folder.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string}
 */
export function cacheFolder(env = process.env) {
  return (
    env.RAFTAINER_CACHE_DIR ??
    join(env.XDG_CACHE_HOME ?? env.LOCALAPPDATA ?? join(homedir(), '.cache'), 'raftainer')
  );
}
