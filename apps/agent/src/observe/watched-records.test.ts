import { describe, expect, it } from 'vitest';

import { WatchedRecords } from './watched-records.js';

const { signal } = new AbortController();

/** Records whose reads are counted; `index` and `failure` are what the next read meets. */
function watched(): {
  records: WatchedRecords<{ index: number }>;
  reads: number;
  index: number;
  failure?: Error;
} {
  const state: ReturnType<typeof watched> = {
    reads: 0,
    index: 1,
    records: new WatchedRecords({
      clock: () => 0,
      read: async () => {
        state.reads += 1;
        return state.failure === undefined
          ? Promise.resolve({ index: state.index })
          : Promise.reject(state.failure);
      },
    }),
  };
  return state;
}

async function readsOf(state: ReturnType<typeof watched>, times: number): Promise<number> {
  const before = state.reads;
  for (let time = 0; time < times; time += 1) await state.records.get(signal);
  return state.reads - before;
}

describe('WatchedRecords', () => {
  it('are read each time while no watch vouches for them', async () => {
    expect(await readsOf(watched(), 3)).toBe(3);
  });

  it('are read once for each change that the watch tells of', async () => {
    const state = watched();
    state.records.saw(1);
    expect(await readsOf(state, 3)).toBe(1);
    state.index = 2;
    state.records.saw(2);
    expect(await readsOf(state, 3)).toBe(1);
    expect(await state.records.get(signal)).toEqual({ index: 2 });
  });

  it('are read each time after the watch was lost, until it tells of something again', async () => {
    const state = watched();
    state.records.saw(1);
    await readsOf(state, 1);
    state.records.lost();
    expect(await readsOf(state, 3)).toBe(3);
    state.records.saw(1);
    expect(await readsOf(state, 3)).toBe(1);
  });

  it('are not what they were when a read fails', async () => {
    const state = watched();
    state.records.saw(1);
    await readsOf(state, 1);
    state.records.lost();
    state.failure = new Error('no Consul');
    await expect(state.records.get(signal)).rejects.toThrow('no Consul');
  });

  it('are read again after a change of our own, of which the watch has not told yet', async () => {
    const state = watched();
    state.records.saw(1);
    await readsOf(state, 1);
    state.records.changed();
    expect(await readsOf(state, 2)).toBe(1);
  });

  it('are not kept when a server that lags behind gave them', async () => {
    const state = watched();
    state.records.saw(5);
    expect(await readsOf(state, 2)).toBe(2);
    state.index = 5;
    expect(await readsOf(state, 3)).toBe(1);
  });

  it('follow an index that went back', async () => {
    const state = watched();
    state.index = 50;
    state.records.saw(50);
    await readsOf(state, 1);
    state.index = 3;
    state.records.saw(3);
    expect(await readsOf(state, 3)).toBe(1);
  });
});
