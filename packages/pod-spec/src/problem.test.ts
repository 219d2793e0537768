import { expect, it } from 'vitest';

import { formatPath, formatProblems } from './problem.js';

it('spells paths as people write them', () => {
  expect(formatPath(['containers', 0, 'ports', 1, 'hostPort'])).toBe('containers[0].ports[1].hostPort');
  expect(formatPath(['labels', 'com.example/team'])).toBe('labels["com.example/team"]');
  expect(formatPath([])).toBe('');
});

it('prints a problem a line, and leaves out what is not there', () => {
  const problems = [
    { path: 'name', message: 'is required, and missing' },
    { path: '', message: 'is empty', suggestion: 'write something' },
  ];
  expect(formatProblems(problems)).toBe('name: is required, and missing\nis empty (write something)');
});
