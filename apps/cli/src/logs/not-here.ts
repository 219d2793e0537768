import { CliError } from '../cli-error.js';
import { didYouMean } from '../closest-name.js';
import type { SlotView } from '../fleet/pod-view.js';
import type { LogSource } from './log-source.js';
import type { LogTarget } from './log-target.js';

/** Says on which hosts the slots are, or nothing when there are none. */
export function describeElsewhere(slots: readonly SlotView[]): string | undefined {
  if (slots.length === 0) {
    return undefined;
  }
  const places = slots.map(({ slot, host }) => `${slot} is on host ${host ?? 'unknown'}`);
  return `${places.join(', ')}; run this command there`;
}

/** Throws `CLI_NOT_FOUND` when the pod runs here, but has no container of that name. */
export function requireContainer({ pod, container = '' }: LogTarget, ofPod: readonly LogSource[]): void {
  const names = [...new Set(ofPod.map((source) => source.container))];
  if (names.length > 0 && !names.includes(container)) {
    const hint = didYouMean(container, names) || `; it has ${names.join(', ')}`;
    throw new CliError('CLI_NOT_FOUND', `pod "${pod}" has no container "${container}" on this host${hint}`);
  }
}
