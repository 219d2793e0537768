import { describe, expect, it } from 'vitest';
import { CLUSTER_ERRORS, ClusterError, isClusterError } from './cluster-error.js';

describe('ClusterError', () => {
  it('keeps its code, its cause and whether to try again', () => {
    const cause = new Error('why');
    const error = new ClusterError('CLUSTER_CONFLICT', 'busy', { cause, retryable: true });
    expect(error).toMatchObject({ name: 'ClusterError', code: 'CLUSTER_CONFLICT', retryable: true, cause });
    expect(new ClusterError('CLUSTER_POD_INVALID', 'bad').retryable).toBe(false);
  });

  it('is recognised by name and code, not by class', () => {
    expect(isClusterError(new ClusterError('CLUSTER_CONFLICT', 'busy'))).toBe(true);
    expect(
      isClusterError(Object.assign(new Error('copy'), { name: 'ClusterError', code: 'CLUSTER_CONFLICT' })),
    ).toBe(true);
    expect(
      isClusterError(Object.assign(new Error('other'), { name: 'ClusterError', code: 'toString' })),
    ).toBe(false);
    expect(isClusterError(new Error('plain'))).toBe(false);
    expect(isClusterError(undefined)).toBe(false);
  });

  it('has a meaning of one line for every code', () => {
    for (const meaning of Object.values(CLUSTER_ERRORS)) {
      expect(meaning).toMatch(/^[A-Z][^\n]+\.$/);
    }
  });
});
