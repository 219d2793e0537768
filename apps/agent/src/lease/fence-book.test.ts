import { describe, expect, it } from 'vitest';

import { FenceBook } from './fence-book.js';

import type { LeaseMessage } from './fence-book.js';

const START = 1_000;
const LEASE_MS = 4_000;

/** Lasts until then. */
function proof(session: string, fenceAt: number): LeaseMessage {
  return { kind: 'renew', session, fenceAt, sentAt: fenceAt - LEASE_MS };
}

function bookWith(...ids: readonly string[]): FenceBook {
  const book = new FenceBook(START);
  book.apply(proof('s1', 5_000));
  book.apply({ kind: 'containers', session: 's1', claimed: ids, unclaimed: [] });
  return book;
}

describe('what is claimed under the session', () => {
  it('goes on for as long as the session is renewed', () => {
    const book = bookWith('a');
    expect(book.due(4_999)).toEqual([]);
    expect(book.due(5_000)).toEqual(['a']);
    book.apply(proof('s1', 8_000));
    expect(book.due(7_999)).toEqual([]);
    expect(book.nextAt()).toBe(8_000);
  });

  it('is not shortened by a proof that arrives late', () => {
    const book = bookWith('a');
    book.apply(proof('s1', 3_000));
    expect(book.fenceAtOf('a')).toBe(5_000);
  });

  it('is forgotten once it no longer runs', () => {
    const book = bookWith('a', 'b');
    book.apply({ kind: 'containers', session: 's1', claimed: ['b'], unclaimed: [] });
    expect(book.ids).toEqual(['b']);
  });
});

describe('a container that is being started', () => {
  const starting = { kind: 'starting', session: 's1', container: 'new' } as const;

  it('is known before anybody has seen it run, and is not forgotten by who looked before', () => {
    const book = bookWith('a');
    book.apply(starting);
    book.apply({ kind: 'containers', session: 's1', claimed: ['a'], unclaimed: [] });
    expect(book.isStarting('new')).toBe(true);
    expect(book.due(5_000)).toEqual(['a', 'new']);
    book.apply(proof('s1', 8_000));
    expect(book.fenceAtOf('new')).toBe(8_000);
  });

  it('is like any other once it was seen to run', () => {
    const book = bookWith();
    book.apply(starting);
    book.apply({ kind: 'containers', session: 's1', claimed: ['new'], unclaimed: [] });
    expect(book.isStarting('new')).toBe(false);
    book.apply({ kind: 'containers', session: 's1', claimed: [], unclaimed: [] });
    expect(book.ids).toEqual([]);
  });

  it('ends with the session that it was claimed under', () => {
    const book = bookWith();
    book.apply(starting);
    book.apply(proof('s2', 20_000));
    expect(book.due(5_000)).toEqual(['new']);
    expect(book.isStarting('new')).toBe(true);
    book.apply({ ...starting, container: 'later' });
    expect(book.fenceAtOf('later')).toBe(5_000);
  });
});

it('remembers what it did not know of, and moves nothing that it knew', () => {
  const book = bookWith('a');
  book.apply(proof('s1', 6_000));
  book.remember('a');
  book.remember('found');
  book.apply(proof('s1', 9_000));
  expect([book.fenceAtOf('a'), book.fenceAtOf('found')]).toEqual([9_000, 6_000]);
  book.apply({ kind: 'containers', session: 's1', claimed: [], unclaimed: [] });
  expect(book.ids).toEqual(['found']);
});

describe('a session that follows a lost one', () => {
  it('moves nothing that the lost one covered', () => {
    const book = bookWith('a');
    book.apply(proof('s2', 20_000));
    expect(book.due(5_000)).toEqual(['a']);
    expect(book.nextAt()).toBe(5_000);
    expect(book.isOver(5_000)).toBe(false);
  });

  it('covers what is claimed under it', () => {
    const book = bookWith('a');
    book.apply(proof('s2', 20_000));
    book.apply({ kind: 'containers', session: 's2', claimed: ['a'], unclaimed: [] });
    expect(book.due(19_999)).toEqual([]);
  });

  it('leaves a container that nobody saw before with the end of the lost one', () => {
    const book = bookWith();
    book.apply(proof('s2', 20_000));
    book.apply({ kind: 'containers', session: 's2', claimed: [], unclaimed: ['late'] });
    expect(book.fenceAtOf('late')).toBe(5_000);
  });

  it('is not believed about containers before it was proven', () => {
    const book = bookWith('a');
    book.apply({ kind: 'containers', session: 's2', claimed: ['a'], unclaimed: [] });
    book.apply(proof('s2', 20_000));
    expect(book.due(5_000)).toEqual(['a']);
  });
});

describe('a container whose claim is gone', () => {
  it('keeps the deadline that it had, whatever is renewed', () => {
    const book = bookWith('a');
    book.apply({ kind: 'containers', session: 's1', claimed: [], unclaimed: ['a'] });
    book.apply(proof('s1', 9_000));
    expect(book.due(5_000)).toEqual(['a']);
  });

  it('stays until it is known to be dead', () => {
    const book = bookWith('a');
    book.apply({ kind: 'containers', session: 's1', claimed: [], unclaimed: ['a'] });
    book.apply({ kind: 'containers', session: 's1', claimed: [], unclaimed: [] });
    expect(book.due(5_000)).toEqual(['a']);
    book.forget('a');
    expect(book.due(5_000)).toEqual([]);
  });

  it('goes on when it is claimed again', () => {
    const book = bookWith('a');
    book.apply({ kind: 'containers', session: 's1', claimed: [], unclaimed: ['a'] });
    book.apply(proof('s1', 9_000));
    book.apply({ kind: 'containers', session: 's1', claimed: ['a'], unclaimed: [] });
    expect(book.due(8_999)).toEqual([]);
  });
});

describe('what is found at the start', () => {
  it('may go on unproven for the time given', () => {
    const book = new FenceBook(START);
    expect(book.isOver(999)).toBe(false);
    expect(book.isOver(START)).toBe(true);
  });

  it('is not judged at all when it is not ours to judge', () => {
    const book = new FenceBook(Infinity);
    expect(book.isOver(Number.MAX_SAFE_INTEGER)).toBe(false);
    book.apply(proof('s1', 5_000));
    expect(book.isOver(5_000)).toBe(true);
  });

  it('ends as soon as a session proves others: unclaimed, it has no proof of its own', () => {
    const book = new FenceBook(START);
    book.apply(proof('s1', 5_000));
    book.apply({ kind: 'containers', session: 's1', claimed: [], unclaimed: ['old'] });
    expect(book.fenceAtOf('old')).toBe(START);
  });
});

describe('a doubt whether time was lost', () => {
  it('leaves half a lease, for a proof that was asked for after it arose', () => {
    const book = bookWith('a');
    book.doubt(1_500);
    expect([book.nextAt(), book.fenceAtOf('a'), book.fenceAt]).toEqual([3_500, 3_500, 3_500]);
    book.apply(proof('s1', 5_400));
    expect([book.isOver(3_499), book.isOver(3_500)]).toEqual([false, true]);
    book.apply(proof('s1', 5_600));
    expect([book.nextAt(), book.fenceAtOf('a')]).toEqual([5_600, 5_600]);
  });

  it('is not put off by another one', () => {
    const book = bookWith('a');
    book.doubt(1_500);
    book.doubt(2_500);
    expect(book.fenceAtOf('a')).toBe(3_500);
  });

  it('stays with what another session covered', () => {
    const book = bookWith('a', 'b');
    book.doubt(1_500);
    book.apply(proof('s2', 9_000));
    book.apply({ kind: 'containers', session: 's2', claimed: ['b'], unclaimed: ['a', 'late'] });
    expect([book.fenceAtOf('a'), book.fenceAtOf('b'), book.fenceAtOf('late')]).toEqual([3_500, 9_000, 3_500]);
  });
});
