import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { STOP_LIMIT_MS, withinStopLimit } from './stop-limit.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('withinStopLimit', () => {
  it('gives up on an agent that does not end, and not before', async () => {
    const outcome = vi.fn();
    void withinStopLimit(new Promise(() => undefined)).catch(outcome);

    await vi.advanceTimersByTimeAsync(STOP_LIMIT_MS - 1);
    expect(outcome).not.toHaveBeenCalled();

    await vi.advanceTimersByTimeAsync(1);
    expect(outcome).toHaveBeenCalledWith(expect.objectContaining({ code: 'AGENT_STOP_OVERDUE' }));
  });

  it('ends with the agent, and leaves no timer behind', async () => {
    await withinStopLimit(Promise.resolve());
    await expect(withinStopLimit(Promise.reject(new Error('no')))).rejects.toThrow('no');

    expect(vi.getTimerCount()).toBe(0);
  });
});
