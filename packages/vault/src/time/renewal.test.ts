import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.js';
import { VaultError } from '../vault-error.js';
import { Renewal } from './renewal.js';
import type { Life } from './renewal.js';

const away = new VaultError('VAULT_UNREACHABLE', 'away', { retryable: true });
const denied = new VaultError('VAULT_DENIED', 'denied', { retryable: false });
const gone = new VaultError('VAULT_LEASE_GONE', 'gone', { retryable: false });

interface Watched {
  readonly clock: FakeClock;
  readonly renewal: Renewal;
  /** When what happened, in seconds. */
  readonly happened: string[];
}

function start(life: Life, renew: (atSec: number) => Life | VaultError, clock = new FakeClock()): Watched {
  const happened: string[] = [];
  const note = (what: string): void => void happened.push(`${Math.round(clock.now() / 1_000)} ${what}`);
  const renewal = new Renewal({
    clock,
    life,
    issuedAt: clock.now(),
    renew: () => {
      const answer = renew(clock.now() / 1_000);
      return answer instanceof VaultError ? Promise.reject(answer) : Promise.resolve(answer);
    },
    isGone: ({ code }) => code === 'VAULT_LEASE_GONE',
    onRenewed: ({ durationSec }) => {
      note(`renewed ${durationSec}`);
    },
    onFailing: ({ code }) => {
      note(code);
    },
    onEnding: note,
  });
  return { clock, renewal, happened };
}

const HOUR = { durationSec: 3_600, renewable: true };

/** Gives full lives up to a maximum age, like Vault. */
const upTo =
  (maxSec: number, life = HOUR) =>
  (atSec: number): Life => ({ ...life, durationSec: Math.floor(Math.min(life.durationSec, maxSec - atSec)) });

describe('a renewal', () => {
  it('comes at two thirds of the life, a tenth earlier at most', async () => {
    for (const [chance, atSec] of [
      [0, 2_400],
      [0.999_999, 2_160],
    ] as const) {
      const { clock, happened } = start(HOUR, () => HOUR, new FakeClock(() => chance));
      await clock.advance(2_401_000);
      expect(happened).toEqual([`${atSec} renewed 3600`]);
    }
  });

  it('goes on as long as the life is pushed out', async () => {
    const { clock, renewal, happened } = start(HOUR, () => HOUR);
    await clock.advance(30 * 24 * 3_600_000);
    expect(happened.length).toBeGreaterThan(1_000);
    expect(renewal.endsAt - clock.now()).toBeGreaterThan(1_200_000);
    renewal.stop();
    expect(clock.armed).toBe(0);
  });

  it('tells of the maximum once, with a half of what was left', async () => {
    const { clock, happened } = start(HOUR, upTo(5_400));
    await clock.advance(10_000_000);
    expect(happened).toEqual(['2280 renewed 3120', '3762 maximum']);
    expect(clock.armed).toBe(0);
  });

  it('tells of the maximum in time also when the first life is all there is', async () => {
    const { clock, happened } = start(HOUR, upTo(3_600));
    await clock.advance(10_000_000);
    expect(happened).toEqual(['2280 renewed 1320', '2907 maximum']);
  });

  it('takes a lease up that is in the middle of its life', async () => {
    const { clock, happened } = start({ durationSec: 600, renewable: true }, () => HOUR);
    await clock.advance(2_700_000);
    expect(happened).toEqual(['380 renewed 3600', '2660 renewed 3600']);
  });

  it('does not renew what cannot be renewed, and tells in time', async () => {
    const { clock, happened } = start({ durationSec: 3_600, renewable: false }, () => HOUR);
    await clock.advance(10_000_000);
    expect(happened).toEqual(['2280 maximum']);
  });

  it('is tried again, less and less often, and outlives an outage', async () => {
    const { clock, happened } = start(HOUR, (atSec) => (atSec < 2_600 ? away : HOUR));
    await clock.advance(2_700_000);
    const failures = happened.filter((each) => each.endsWith('VAULT_UNREACHABLE'));
    expect(failures.length).toBeGreaterThanOrEqual(8);
    expect(failures.length).toBeLessThanOrEqual(14);
    expect(happened.at(-1)).toMatch(/^26\d\d renewed 3600$/);
  });

  it('ends with the life when none succeeds', async () => {
    const { clock, happened } = start(HOUR, () => away);
    await clock.advance(10_000_000);
    expect(happened.at(-1)).toBe('3600 expired');
    expect(happened.filter((each) => each.endsWith('expired'))).toHaveLength(1);
    expect(clock.armed).toBe(0);
  });

  it('ends early when Vault refuses, so that there is time to get another', async () => {
    const { clock, happened } = start(HOUR, () => denied);
    await clock.advance(10_000_000);
    expect(happened.at(-1)).toBe('3000 expired');
  });

  it('ends at once when there is nothing to renew', async () => {
    const { clock, happened } = start(HOUR, () => gone);
    await clock.advance(10_000_000);
    expect(happened).toEqual(['2280 gone']);
  });

  it('that hangs does not hide the end', async () => {
    const clock = new FakeClock();
    const endings: string[] = [];
    const quiet = (): void => undefined;
    const renewal = new Renewal({
      clock,
      life: { durationSec: 5, renewable: true },
      issuedAt: 0,
      renew: () => new Promise(quiet),
      isGone: () => false,
      onRenewed: quiet,
      onFailing: quiet,
      onEnding: (reason) => endings.push(reason),
    });
    await clock.advance(5_000);
    expect(endings).toEqual(['expired']);
    expect(renewal.endsAt).toBe(5_000);
  });

  it('says nothing after stop, not even when an answer is on its way', async () => {
    const { clock, renewal, happened } = start(HOUR, () => {
      renewal.stop();
      return HOUR;
    });
    await clock.advance(10_000_000);
    expect(happened).toEqual([]);
  });

  it('counts a life from when the request was sent', async () => {
    const clock = new FakeClock();
    const renewal = new Renewal({
      clock,
      life: HOUR,
      issuedAt: 0,
      renew: async () => {
        await new Promise<void>((done) => clock.after(9_000, done));
        return HOUR;
      },
      isGone: () => false,
      onRenewed: () => undefined,
      onFailing: () => undefined,
      onEnding: () => undefined,
    });
    await clock.advance(2_300_000);
    expect(renewal.endsAt).toBe(2_280_000 + 3_600_000);
    renewal.stop();
  });

  it.each([
    [5, 30],
    [1, 8],
  ])('keeps up with a life of %i s', async (durationSec, seconds) => {
    const { clock, happened } = start({ durationSec, renewable: true }, () => ({
      durationSec,
      renewable: true,
    }));
    await clock.advance(seconds * 1_000);
    expect(happened.every((each) => each.includes('renewed'))).toBe(true);
    expect(happened.length).toBeGreaterThan(6);
  });

  it('that hits a limit from outside ends there', async () => {
    const { clock, renewal, happened } = start(HOUR, () => HOUR);
    renewal.limit(7_200_000);
    await clock.advance(2_280_000 + 1_000);
    expect(happened).toEqual(['2280 renewed 3600']);
    renewal.limit(4_000_000);
    expect(renewal.endsAt).toBe(4_000_000);
    await clock.advance(10_000_000);
    expect(happened).toEqual(['2280 renewed 3600', '3098 maximum']);
  });

  it('never pushes the end beyond a limit', async () => {
    const { clock, renewal, happened } = start(HOUR, () => HOUR);
    renewal.limit(5_000_000);
    await clock.advance(10_000_000);
    expect(happened).toEqual(['2280 renewed 3600', '3572 maximum']);
    expect(renewal.endsAt).toBe(5_000_000);
  });
});
