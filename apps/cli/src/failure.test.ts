import { ClusterError } from '@raftainer/cluster';
import { ConsulError } from '@raftainer/consul';
import { DockerError } from '@raftainer/docker';
import { expect, it } from 'vitest';
import { CLI_ERRORS, CliError } from './cli-error.js';
import { failureOf, isUnreachable } from './failure.js';

const consul = (code: ConsulError['code']): ConsulError => new ConsulError(code, 'no', { retryable: false });

it.each([
  [new CliError('CLI_NOT_FOUND', 'no'), 4, 'CLI_NOT_FOUND'],
  [new CliError('CLI_TIMED_OUT', 'no'), 5, 'CLI_TIMED_OUT'],
  [new ClusterError('CLUSTER_POD_NOT_FOUND', 'no'), 4, 'CLUSTER_POD_NOT_FOUND'],
  [new ClusterError('CLUSTER_VALUE_TOO_LARGE', 'no'), 2, 'CLUSTER_VALUE_TOO_LARGE'],
  [consul('CONSUL_UNAVAILABLE'), 3, 'CONSUL_UNAVAILABLE'],
  [consul('CONSUL_NO_LEADER'), 3, 'CONSUL_NO_LEADER'],
  [consul('CONSUL_FORBIDDEN'), 1, 'CONSUL_FORBIDDEN'],
  [consul('CONSUL_BAD_OPTIONS'), 2, 'CONSUL_BAD_OPTIONS'],
  [new DockerError('DOCKER_UNAVAILABLE', 'no'), 3, 'DOCKER_UNAVAILABLE'],
  [new DockerError('DOCKER_CONFIG_INVALID', 'no'), 2, 'DOCKER_CONFIG_INVALID'],
  [new DockerError('DOCKER_NOT_FOUND', 'no'), 1, 'DOCKER_NOT_FOUND'],
])('%s ends with %d', (error, exitCode, code) => {
  expect(failureOf(error)).toMatchObject({ exitCode, code, message: 'no' });
  expect(isUnreachable(error)).toBe(exitCode === 3);
});

it('shows where an error of its own came from', () => {
  expect(failureOf(new TypeError('oops'))).toMatchObject({
    exitCode: 1,
    code: 'CLI_INTERNAL',
    message: expect.stringContaining('failure.test.ts') as string,
  });
  expect(failureOf('oops')).toMatchObject({ exitCode: 1, message: 'oops' });
});

it('has a meaning of one line for every code', () => {
  for (const meaning of Object.values(CLI_ERRORS)) {
    expect(meaning).toMatch(/^[A-Z][^\n]+\.$/);
  }
});
