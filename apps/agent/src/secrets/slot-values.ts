import { AgentError, messageOf } from '../agent-error.js';
import { needsOf } from './secret-needs.js';
import { fit, secretValue } from './secret-value.js';
import { sourceIdOf } from './source-id.js';

import type { KvCache } from './kv-cache.js';
import type { Material } from './material.js';
import type { SecretNeed } from './secret-needs.js';
import type { SecretState } from './secret-state.js';
import type { SlotLeases } from './slot-leases.js';
import type { ContainerSecrets } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** A value for a variable or file. */
export interface NeedValue {
  readonly need: SecretNeed;
  readonly value: Buffer;
}

/** Where the values of a slot come from. */
export interface SlotValuesSources {
  readonly id: SlotId;
  readonly kv: KvCache;
  readonly leases: SlotLeases;
  readonly state: SecretState;
}

/** The values of one slot, as far as they are at hand. Asks nobody. */
export class SlotValues {
  readonly #sources: SlotValuesSources;

  constructor(sources: SlotValuesSources) {
    this.#sources = sources;
  }

  /** Whether the values of a container are all at hand. */
  has(secrets: ContainerSecrets): boolean {
    return needsOf(this.#sources.id, secrets).every(
      ({ content }) => typeof content === 'string' || this.#materialOf(content, secrets.role) !== undefined,
    );
  }

  /** The values of a container, of which every one has to be at hand. @throws AgentError */
  of(secrets: ContainerSecrets): readonly NeedValue[] {
    return needsOf(this.#sources.id, secrets).map((need) => {
      const value = this.valueOf(need, secrets.role);
      if (value !== undefined) return { need, value };
      const message = `The value for ${need.key} of container ${secrets.container} of ${this.#sources.id} is not at hand.`;
      throw new AgentError('AGENT_SECRET_UNAVAILABLE', message, { retryable: true });
    });
  }

  /** One value; undefined when it is not at hand. @throws AgentError for one that cannot be given. */
  valueOf({ content, target }: SecretNeed, role: string | undefined): Buffer | undefined {
    if (typeof content === 'string') return fit(Buffer.from(content), target);
    const known = this.#materialOf(content, role);
    return known === undefined ? undefined : secretValue(content, known.material, target);
  }

  /** The digest of one value; undefined when it is not at hand, or cannot be given. */
  digestOf(need: SecretNeed, role: string | undefined): string | undefined {
    try {
      const value = this.valueOf(need, role);
      return value === undefined ? undefined : this.#sources.state.digest(value);
    } catch {
      return undefined;
    }
  }

  /** Why a part of a secret that a container uses cannot be given to it now. */
  problemWith(key: string, secrets: ContainerSecrets): string | undefined {
    for (const need of needsOf(this.#sources.id, secrets)) {
      if (typeof need.content === 'string' || sourceIdOf(need.content).key !== key) continue;
      try {
        this.valueOf(need, secrets.role);
      } catch (error: unknown) {
        return messageOf(error);
      }
    }
    return undefined;
  }

  /** When what goes into it became what it is, in steady milliseconds. */
  changedAt({ content }: SecretNeed, role: string | undefined): number {
    return typeof content === 'string' ? 0 : (this.#materialOf(content, role)?.changedAt ?? 0);
  }

  #materialOf(
    source: Exclude<SecretNeed['content'], string>,
    role: string | undefined,
  ): { readonly material: Material; readonly changedAt: number } | undefined {
    if ('vault' in source)
      return this.#sources.kv.known({ path: source.vault.path, ...(role === undefined ? {} : { role }) });
    const entry = this.#sources.leases.entries.get(sourceIdOf(source).key);
    return entry?.material === undefined
      ? undefined
      : { material: entry.material, changedAt: entry.changedAt };
  }
}
