import { expect, it } from 'vitest';

import { LeaseClock, machineClocks } from './lease-clock.js';

/** A machine that can sleep; its uptime is rounded down to hundredths of a second, as the kernel's. */
class Machine {
  awakeMs = 1_234.567;
  asleepMs = 0;

  readonly clock = new LeaseClock({
    monotonic: () => this.awakeMs,
    uptime: () => Math.floor((this.awakeMs + this.asleepMs) / 10) * 10,
  });

  run(ms: number): void {
    this.awakeMs += ms;
  }

  sleep(ms: number): void {
    this.asleepMs += ms;
  }
}

it('goes on while the machine sleeps, and runs as the monotonic clock while it does not', () => {
  const machine = new Machine();
  const { clock } = machine;
  const start = clock.now();
  for (let ms = 0; ms < 1_000; ms += 3.3) {
    machine.run(3.3);
    expect(Math.abs(clock.now() - start - (machine.awakeMs - 1_234.567))).toBeLessThanOrEqual(10);
  }
  const before = clock.now();
  machine.sleep(60_000);
  expect(clock.now() - before).toBeGreaterThanOrEqual(60_000 - 10);
  expect(clock.now() - before).toBeLessThanOrEqual(60_000 + 10);
});

it('dates what was sent before a sleep by the clock of then, however late the answer is', () => {
  const machine = new Machine();
  const { clock } = machine;
  machine.run(500);
  const [sentAt, shown] = [machine.awakeMs, clock.now()];
  machine.sleep(30_000);
  machine.run(5);
  const afterwards = machine.awakeMs;
  expect(clock.at(sentAt)).toBeCloseTo(shown, -2);
  machine.run(1);
  expect(clock.at(machine.awakeMs)).toBeCloseTo(clock.now(), 3);
  machine.run(100);
  machine.sleep(7_000);
  // Between two sleeps: the first is over, the second had not begun.
  expect(clock.at(afterwards + 50) - shown).toBeGreaterThanOrEqual(30_000 - 20);
  expect(clock.at(afterwards + 50) - shown).toBeLessThanOrEqual(30_000 + 100);
  expect(clock.at(sentAt)).toBeCloseTo(shown, -2);
});

it('is the monotonic clock where nothing tells of sleep', () => {
  const clock = new LeaseClock({ monotonic: () => 17, uptime: () => undefined });
  expect([clock.now(), clock.at(3)]).toEqual([17, 3]);
  expect(machineClocks('/nonexistent/uptime').uptime()).toBeUndefined();
});

it.runIf(process.platform === 'linux')('is the same in all processes of this machine', () => {
  const [one, other] = [new LeaseClock(machineClocks()), new LeaseClock(machineClocks())];
  expect(Math.abs(one.now() - other.now())).toBeLessThan(50);
  expect(machineClocks().uptime()).toBeGreaterThan(0);
});
