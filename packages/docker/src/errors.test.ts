import { describe, expect, it } from 'vitest';
import { DOCKER_ERRORS, DockerError, isDockerError } from './errors.js';
import type { DockerErrorCode } from './errors.js';

describe('DockerError', () => {
  it('keeps cause and status, and says whether a retry makes sense', () => {
    const cause = new Error('socket hang up');
    const error = new DockerError('DOCKER_UNAVAILABLE', 'Could not list.', { cause, statusCode: 502 });
    expect(error).toMatchObject({ name: 'DockerError', cause, statusCode: 502, retryable: true });
    expect(new DockerError('DOCKER_BAD_REQUEST', 'No.')).toMatchObject({ retryable: false });
    expect(new DockerError('DOCKER_BAD_REQUEST', 'No.').statusCode).toBeUndefined();
  });

  it('has a meaning for every code', () => {
    for (const [code, meaning] of Object.entries(DOCKER_ERRORS)) {
      expect(code).toMatch(/^DOCKER_[A-Z_]+$/);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      expect(isDockerError(new DockerError(code as DockerErrorCode, meaning))).toBe(true);
    }
  });
});

describe('isDockerError', () => {
  it('knows the error of another copy of this package', () => {
    const foreign = Object.assign(new Error('x'), { name: 'DockerError', code: 'DOCKER_TIMEOUT' });
    expect(isDockerError(foreign)).toBe(true);
  });

  it.each([
    undefined,
    null,
    'DOCKER_TIMEOUT',
    new Error('x'),
    Object.assign(new Error('x'), { code: 'DOCKER_TIMEOUT' }),
    Object.assign(new Error('x'), { name: 'DockerError', code: 'toString' }),
    Object.assign(new Error('x'), { name: 'DockerError', code: 7 }),
  ])('refuses %s', (value) => {
    expect(isDockerError(value)).toBe(false);
  });
});
