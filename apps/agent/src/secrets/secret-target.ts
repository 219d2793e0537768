import type { SlotId } from '@raftainer/pod-spec';

/** Where a value goes: what messages name. */
export interface SecretTarget {
  readonly slot: SlotId;
  readonly container: string;
  readonly kind: 'variable' | 'file';
  /** Name of the variable, or path of the file. */
  readonly name: string;
}

/** The same for people. */
export function describeTarget({ slot, container, kind, name }: SecretTarget): string {
  return `${kind} ${name} of container ${container} of ${slot}`;
}
