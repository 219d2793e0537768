import type { ContainerStatus, SecretStatus, SlotPhase } from '@raftainer/cluster';
import type { SlotId } from '@raftainer/pod-spec';
import type { PodKind, Problem } from '@raftainer/pod-spec';

/** A pod as it is wanted and as it is. */
export interface PodView {
  readonly name: string;
  /** `removed`: the definition is gone, its slots are not yet. */
  readonly definition: 'valid' | 'invalid' | 'removed';
  /** What is wrong with the definition. */
  readonly problems: readonly Problem[];
  readonly kind?: PodKind;
  /** How many slots are wanted. */
  readonly instances?: number;
  readonly revision?: string;
  /** How many of the wanted slots are up to date and well. */
  readonly ready: number;
  /** The wanted slots, and those that are still held. */
  readonly slots: readonly SlotView[];
}

/** One slot as it is. */
export interface SlotView {
  readonly slot: SlotId;
  readonly index: number;
  /** Whether the definition still asks for it. */
  readonly desired: boolean;
  /** Whether somebody holds its claim. */
  readonly held: boolean;
  readonly phase: SlotPhase;
  /** Whether the holder runs the definition as it is now. */
  readonly upToDate: boolean;
  /** Whether the status was written after the definition was: a failure before that is no answer to it. */
  readonly answersDefinition: boolean;
  /** Up to date, and healthy or running without a health check. */
  readonly ready: boolean;
  readonly host?: string;
  /** The revision that its holder runs or brings up. */
  readonly revision?: string;
  readonly epoch?: number;
  readonly restarts: number;
  /** ISO 8601. */
  readonly since?: string;
  readonly reason?: string;
  /** Why it is not (yet) well, in sentences for people. */
  readonly why: readonly string[];
  /** Whether every host that is present refuses it. */
  readonly refused: boolean;
  readonly containers: readonly ContainerStatus[];
  /** The secrets that it uses; never a value. */
  readonly secrets: readonly SecretStatus[];
}
