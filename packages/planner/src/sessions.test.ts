import { expect, it } from 'vitest';

import { heldClaims, isOurs } from './sessions.js';

import type { ClaimView } from './snapshot.js';
import type { SlotId } from '@raftainer/pod-spec';

const sessions = { exclusive: 'x', shared: 's' };

it('holds what is claimed under either session, and nothing that is free or of others', () => {
  const claims = new Map<SlotId, ClaimView>([
    ['web/0', { session: 'x', epoch: 1, host: 'here' }],
    ['web/1', { session: 's', epoch: 2, host: 'here' }],
    // What the last holder wrote stays behind in a claim that is free.
    ['web/2', { epoch: 3, host: 'here' }],
    ['web/3', { session: 'y', epoch: 4, host: 'there' }],
  ]);
  expect([...heldClaims({ claims, sessions })]).toEqual([
    ['web/0', { session: 'x', epoch: 1, host: 'here' }],
    ['web/1', { session: 's', epoch: 2, host: 'here' }],
  ]);
});

it('takes no session for none of ours', () => {
  expect(isOurs(sessions, undefined)).toBe(false);
});
