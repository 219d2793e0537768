import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadlines } from './deadlines.js';

const DAY_MS = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function deadlines(): { readonly due: string[]; readonly all: Deadlines } {
  const due: string[] = [];
  return {
    due,
    all: new Deadlines(
      () => Date.now(),
      (id) => due.push(id),
    ),
  };
}

it('calls back at a moment that is further away than a timer can wait', () => {
  const { due, all } = deadlines();
  all.set('year', Date.now() + 365 * DAY_MS);
  vi.advanceTimersByTime(365 * DAY_MS - 1);
  expect(due).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(due).toEqual(['year']);
});

it('forgets the moment that was set before, and all of them when it stops', () => {
  const { due, all } = deadlines();
  all.set('moved', Date.now() + 1000);
  all.set('moved', Date.now() + 5000);
  all.set('stopped', Date.now() + 9000);
  vi.advanceTimersByTime(4999);
  expect(due).toEqual([]);
  vi.advanceTimersByTime(1);
  all.stop();
  all.set('late', Date.now() + 1000);
  vi.advanceTimersByTime(DAY_MS);
  expect(due).toEqual(['moved']);
});

it('calls back at once for a moment that has passed', () => {
  const { due, all } = deadlines();
  all.set('past', Date.now() - 5000);
  vi.advanceTimersByTime(0);
  expect(due).toEqual(['past']);
});
