import type { Action } from './action.js';
import type { Death, SlotHealth, SlotSecretsPlan, SlotStatusPlan } from './plan.js';

/** What the planner decides about one slot. */
export interface SlotDecision {
  readonly actions: readonly Action[];
  /** Revision worked towards; absent when the slot is taken down. */
  readonly revision?: string;
  readonly hostPorts: readonly number[];
  readonly gpus: readonly string[];
  readonly subnet?: string;
  /** How many hosts come first in the ranking, when the work begins by taking the slot. */
  readonly rank?: number;
  readonly death?: Death;
  readonly status?: SlotStatusPlan;
  readonly health?: SlotHealth;
  /** Secrets of a held slot. */
  readonly secrets?: SlotSecretsPlan;
  /** When to look again although nothing happens, milliseconds since the epoch. */
  readonly wakeAt?: number;
}

export const NO_WORK: SlotDecision = { actions: [], hostPorts: [], gpus: [] };
