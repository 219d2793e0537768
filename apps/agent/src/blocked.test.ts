import { expect, it } from 'vitest';

import { AgentError } from './agent-error.js';
import { Blocked } from './blocked.js';

function blocked(): {
  readonly watch: Blocked;
  readonly pass: (ms: number) => void;
  readonly writes: () => number;
} {
  let now = 0;
  let writes = 0;
  const watch = new Blocked({
    patienceMs: 30_000,
    clock: () => now,
    publish: async () => {
      writes += 1;
      return Promise.resolve(true);
    },
  });
  return {
    watch,
    pass: (ms) => {
      now += ms;
    },
    writes: () => writes,
  };
}

it('tells of cycles that fail for long, once, and of the end', () => {
  const { watch, pass, writes } = blocked();
  watch.failed(new Error('no routes'));
  pass(29_999);
  watch.failed(new Error('no routes'));
  expect([watch.record, writes()]).toEqual([{}, 0]);
  pass(1);
  watch.failed(new Error('no routes'));
  watch.failed(new Error('no routes'));
  expect(watch.record.warnings).toEqual([
    expect.stringMatching(/^its agent has done nothing since .*: no routes$/),
  ]);
  expect(writes()).toBe(1);
  watch.succeeded();
  watch.succeeded();
  expect([watch.record, writes()]).toEqual([{}, 2]);
});

it('does not add up what was over in between, and says nothing without a session', () => {
  const { watch, pass } = blocked();
  watch.failed(new Error('once'));
  pass(20_000);
  watch.succeeded();
  watch.failed(new Error('again'));
  pass(29_000);
  watch.failed(new AgentError('AGENT_NO_SESSION', 'none'));
  pass(20_000);
  watch.failed(new AgentError('AGENT_NO_SESSION', 'none'));
  expect(watch.record).toEqual({});
});
