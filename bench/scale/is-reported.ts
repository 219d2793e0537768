import { statusKey } from '@raftainer/cluster';
import { slotRefOf } from '@raftainer/pod-spec';

import { askConsul } from '../harness/ask-consul.js';

import type { SlotId } from '@raftainer/pod-spec';

/** A slot and what its holder should have applied. */
export interface Applied {
  readonly slot: SlotId;
  readonly revision: string | undefined;
}

/**
 * Whether a slot's record says that it runs under a revision, and all checks of its pod pass. Asked with `fetch`, which
 * the meter of the agents' requests does not count.
 */
export async function isReported(address: string, { slot, revision }: Applied): Promise<boolean> {
  const { pod, index } = slotRefOf(slot);
  const [status, checks] = await Promise.all([
    askConsul(address, `kv/${statusKey(pod, index)}?raw`),
    askConsul(address, `health/checks/${pod}`),
  ]);
  const { phase, revision: applied } = (status.body ?? {}) as {
    readonly phase?: string;
    readonly revision?: string;
  };
  const passing =
    Array.isArray(checks.body) &&
    checks.body.every(({ Status }: { readonly Status: string }) => Status === 'passing');
  return phase === 'running' && applied === revision && passing;
}
