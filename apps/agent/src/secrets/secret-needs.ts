import { sourceIdOf } from './source-id.js';

import type { SecretTarget } from './secret-target.js';
import type { SourceId } from './source-id.js';
import type { ContainerSecrets, FilePlan, SecretEffect } from '@raftainer/planner';
import type { SecretSource, SlotId } from '@raftainer/pod-spec';

/** One variable or file of a container, and what goes into it. */
export interface SecretNeed {
  readonly target: SecretTarget;
  /** As it is remembered: `variable NAME` or `file PATH`. */
  readonly key: string;
  /** Text for a file that is written out in the definition. */
  readonly content: SecretSource | string;
  readonly file?: FilePlan;
  /** What a change of it asks for. */
  readonly effect: SecretEffect;
}

/** The variables and files of a container. */
export function needsOf(slot: SlotId, secrets: ContainerSecrets): readonly SecretNeed[] {
  const { container } = secrets;
  const variables = Object.entries(secrets.environment).map(([name, source]): SecretNeed => ({
    target: { slot, container, kind: 'variable', name },
    key: `variable ${name}`,
    content: source,
    effect: 'recreate',
  }));
  const files = secrets.files.map((file): SecretNeed => ({
    target: { slot, container, kind: 'file', name: file.path },
    key: `file ${file.path}`,
    content: file.content,
    file,
    effect: file.onChange.action === 'restart' ? 'restart' : 'refresh',
  }));
  return [...variables, ...files];
}

/** A secret of Vault that some containers use. */
export interface SourceUse {
  readonly id: SourceId;
  readonly source: SecretSource;
  readonly role?: string;
  readonly usedBy: readonly string[];
}

/** The secrets of Vault that containers use, each once. */
export function sourceUses(slot: SlotId, all: readonly ContainerSecrets[]): readonly SourceUse[] {
  const uses = new Map<string, SourceUse>();
  for (const secrets of all)
    for (const { content } of needsOf(slot, secrets)) {
      if (typeof content === 'string') continue;
      const id = sourceIdOf(content);
      const usedBy = [...new Set([...(uses.get(id.key)?.usedBy ?? []), secrets.container])];
      const role = secrets.role === undefined ? {} : { role: secrets.role };
      uses.set(id.key, { id, source: content, ...role, usedBy });
    }
  return [...uses.values()];
}

const EFFECTS: readonly SecretEffect[] = ['recreate', 'restart', 'refresh'];

/** The effect that has all others in it. */
export function strongest(effects: readonly SecretEffect[]): SecretEffect | undefined {
  return EFFECTS.find((effect) => effects.includes(effect));
}
