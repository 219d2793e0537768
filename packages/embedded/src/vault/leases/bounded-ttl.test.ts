import { expect, it } from 'vitest';
import { boundedTtl, DEFAULT_TTL_SEC } from './bounded-ttl.js';

const wish = { wantedSec: 0, defaultSec: 0, maximaSec: [], issuedMs: 0, nowMs: 0 };

it.each([
  ['nothing said', {}, DEFAULT_TTL_SEC],
  ['a default', { defaultSec: 60 }, 60],
  ['what is wanted', { wantedSec: 30, defaultSec: 60 }, 30],
  ['the maximum', { wantedSec: 300, maximaSec: [0, 200] }, 200],
  ['what is left of the maximum', { wantedSec: 300, maximaSec: [200], nowMs: 150_000 }, 50],
  ['a default beyond the maximum', { defaultSec: 300, maximaSec: [200] }, 200],
  ['more than the server allows', { wantedSec: DEFAULT_TTL_SEC * 2 }, DEFAULT_TTL_SEC],
  ['more than the server, but not the mount allows', { wantedSec: 4e6, mountMaxSec: 5e6 }, 4e6],
  ['nothing left', { wantedSec: 5, maximaSec: [10], nowMs: 11_000 }, -1],
])('gives %s', (_case, changes, seconds) => {
  expect(boundedTtl({ ...wish, ...changes }).ttlSec).toBe(seconds);
});

it('warns only when it gives less than was wanted', () => {
  expect(boundedTtl({ ...wish, wantedSec: 86_400, maximaSec: [5400] }).warnings).toEqual([
    'TTL of "24h" exceeded the effective max_ttl of "1h30m"; TTL value is capped accordingly',
  ]);
  expect(boundedTtl({ ...wish, defaultSec: 86_400, maximaSec: [5400] }).warnings).toBeUndefined();
});
