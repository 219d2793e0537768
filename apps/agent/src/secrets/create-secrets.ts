import { openSecretsFolder } from './open-secrets-folder.js';
import { Secrets } from './secrets.js';

import type { HoldingsOptions } from './holdings.js';
import type { SecretState } from './secret-state.js';
import type { SecretsFolder } from './secrets-folder.js';
import type { Config } from '../config/config.js';
import type { Presence } from '../presence/presence.js';

/** What an agent is made from, as far as secrets need it. */
export interface SecretsParts extends Pick<HoldingsOptions, 'docker' | 'logger' | 'vault'> {
  readonly config: Config;
  readonly secretState: SecretState;
}

/** What surrounds them. */
export interface SecretsSurroundings extends Pick<HoldingsOptions, 'cluster' | 'wake'> {
  readonly presence: Presence;
}

/** The secrets of this host, as it is configured. */
export function createSecrets(
  { config, docker, logger, vault, secretState: state }: SecretsParts,
  { cluster, presence, wake }: SecretsSurroundings,
): Secrets {
  const { host } = config;
  const { directory, pollMs, splayMs } = config.secrets;
  let folder: Promise<SecretsFolder> | undefined;
  return new Secrets({
    ...{ host, cluster, docker, logger, state, wake, pollMs, splayMs },
    ...(vault === undefined ? {} : { vault }),
    folder: async () => {
      // One that cannot be used now may be later.
      folder ??= openSecretsFolder(directory, host).catch((error: unknown) => {
        folder = undefined;
        throw error;
      });
      return folder;
    },
    isShared: (session) => presence.sessions().shared === session,
  });
}
