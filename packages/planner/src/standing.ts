import { slotIdOf } from '@raftainer/pod-spec';

import { isOurs, sessionFor } from './sessions.js';
import { isPresent } from './world.js';

import type { SlotView } from './world.js';
import type { PodView, Snapshot } from './snapshot.js';
import type { Pod } from '@raftainer/pod-spec';
import type { Reason } from './reason.js';

/** How a slot stands towards this host. */
export type Standing =
  /** Wanted, and the claim is ours. */
  | { readonly kind: 'held'; readonly pod: Pod; readonly revision: string }
  /** Wanted, and nobody holds it. */
  | { readonly kind: 'free'; readonly pod: Pod; readonly revision: string }
  /** Not to run here: whatever of it is here goes. */
  | { readonly kind: 'unwanted'; readonly reason: Reason; readonly held: boolean; readonly forget: boolean }
  /** Left alone: the definition cannot be read, or the claim is in a state that tells nothing certain. */
  | { readonly kind: 'undecided' };

/**
 * Decides a slot's standing. In doubt it is `undecided`, and running containers are left alone: while the
 * definition is malformed or its absence is in doubt, and while the claim names this host under another session (an earlier run of
 * this agent whose session has not lapsed yet).
 */
export function standingOf(snapshot: Snapshot, view: SlotView): Standing {
  const podView = snapshot.pods.get(view.ref.pod);
  const held = isOurs(snapshot.sessions, view.claim?.session);
  if (snapshot.stopping) return held || isPresent(view) ? stopped(held) : { kind: 'undecided' };
  if (podView === undefined) {
    return snapshot.definitionsInDoubt ? { kind: 'undecided' } : gone(view, 'pod-removed', held);
  }
  if (podView.state === 'invalid') return { kind: 'undecided' };
  if (isBeyond(snapshot, view, podView.pod)) return gone(view, 'scaled-down', held);
  if (held) {
    const right = view.claim?.session === sessionFor(snapshot.sessions, podView.pod);
    return right
      ? wanted('held', podView)
      : { kind: 'unwanted', reason: 'exclusive-changed', held, forget: false };
  }
  if (view.claim?.session === undefined) return wanted('free', podView);
  if (view.claim.host === snapshot.host.name) return { kind: 'undecided' };
  return { kind: 'unwanted', reason: 'claim-held-elsewhere', held: false, forget: false };
}

/** A system pod has as many slots as hosts; only a second one on the same host is one too many. */
function isBeyond({ claims, sessions }: Snapshot, { ref, claim }: SlotView, pod: Pod): boolean {
  if (pod.kind !== 'system') return ref.index >= pod.instances;
  if (!isOurs(sessions, claim?.session)) return false;
  return Array.from({ length: ref.index }, (_, index) => slotIdOf({ pod: ref.pod, index })).some((earlier) =>
    isOurs(sessions, claims.get(earlier)?.session),
  );
}

function stopped(held: boolean): Standing {
  return { kind: 'unwanted', reason: 'agent-stopping', held, forget: false };
}

function wanted(kind: 'held' | 'free', view: PodView & { readonly state: 'valid' }): Standing {
  return { kind, pod: view.pod, revision: view.revision };
}

/** The record of a slot that no definition asks for any more goes once nobody holds it. */
function gone(view: SlotView, reason: Reason, held: boolean): Standing {
  const free = view.claim !== undefined && view.claim.session === undefined;
  const forget = reason === 'pod-removed' && (held || free);
  return held || forget || isPresent(view)
    ? { kind: 'unwanted', reason, held, forget }
    : { kind: 'undecided' };
}
