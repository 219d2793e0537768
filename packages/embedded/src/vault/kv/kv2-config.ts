import type { VaultContext } from '../vault-context.js';
import { countField, flagField, secondsField } from '../wire/fields.js';
import { durationText } from '../wire/durations.js';
import type { VaultCall, VaultRoute } from '../wire/vault-call.js';

/** What holds for all secrets of a mount unless they say otherwise. */
export interface Kv2Config {
  readonly maxVersions: number;
  readonly casRequired: boolean;
  readonly deleteAfterSec: number;
}

/** What a mount says about its secrets. */
export function kv2Config(context: VaultContext, call: VaultCall): Kv2Config {
  const kept = context.store.get('engine', configKey(call));
  // Only the route below writes this key.
  return (
    (kept as unknown as Kv2Config | undefined) ?? { maxVersions: 0, casRequired: false, deleteAfterSec: 0 }
  );
}

/** `config` of a KV 2 mount. */
export function kv2ConfigRoutes(context: VaultContext): readonly VaultRoute[] {
  return [
    {
      path: 'config',
      read: (call) => {
        const config = kv2Config(context, call);
        return {
          data: {
            max_versions: config.maxVersions,
            cas_required: config.casRequired,
            delete_version_after: durationText(config.deleteAfterSec),
          },
        };
      },
      write: (call) => {
        const before = kv2Config(context, call);
        context.store.put('engine', configKey(call), {
          maxVersions: countField(call.body, 'max_versions') ?? before.maxVersions,
          casRequired: flagField(call.body, 'cas_required') ?? before.casRequired,
          deleteAfterSec: secondsField(call.body, 'delete_version_after') ?? before.deleteAfterSec,
        });
        return undefined;
      },
    },
  ];
}

function configKey(call: VaultCall): string {
  return `${call.mount.uuid}/config`;
}
