import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { rejection } from '../test/rejection.js';
import { CallScope } from './call-scope.js';
import { DockerError } from './errors.js';

const never = new Promise<never>(() => undefined);

describe('CallScope', () => {
  it('fails at the deadline', async () => {
    const scope = new CallScope({ doing: 'list', timeoutMs: 5 });
    expect(await rejection(scope.race(never))).toMatchObject({
      code: 'DOCKER_TIMEOUT',
      retryable: true,
      message: expect.stringContaining('Could not list: the engine did not answer within 5 ms') as unknown,
    });
  });

  it('fails when the caller gives up, with the reason as cause', async () => {
    const controller = new AbortController();
    const scope = new CallScope({ doing: 'list', signal: controller.signal });
    const failed = rejection(scope.race(never));
    controller.abort('shutdown');
    expect(await failed).toMatchObject({ code: 'DOCKER_ABORTED', cause: 'shutdown', retryable: false });
  });

  it('fails at once under a signal that was aborted before', async () => {
    const scope = new CallScope({ doing: 'list', signal: AbortSignal.abort() });
    expect(await rejection(scope.race(never))).toMatchObject({ code: 'DOCKER_ABORTED' });
  });

  it('passes on the error of an outer call', async () => {
    const outer = new DockerError('DOCKER_TIMEOUT', 'Too late.');
    const scope = new CallScope({ doing: 'list', signal: AbortSignal.abort(outer) });
    expect(await rejection(scope.race(never))).toBe(outer);
  });

  it('knows no deadline beyond what timers carry', async () => {
    const scope = new CallScope({ doing: 'wait', timeoutMs: 30 * 24 * 3600 * 1000 });
    expect(await scope.race(new Promise((resolve) => setTimeout(resolve, 20, 'done')))).toBe('done');
    scope.end();
  });

  it('leaves nothing on a signal that lives longer', async () => {
    const { signal } = new AbortController();
    const scope = new CallScope({ doing: 'list', signal, timeoutMs: 1000 });
    await scope.race(Promise.resolve());
    scope.end();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(getEventListeners(scope.signal, 'abort')).toEqual([]);
  });
});
