import { describe, expect, it } from 'vitest';
import { summarize } from '../scripts/test.mjs';

const passedFile = { status: 'passed', assertionResults: [{ status: 'passed' }] };
const failedFile = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] };
const unloadedFile = { status: 'failed', assertionResults: [] };

describe('the last line of npm test', () => {
  it('counts what passed', () => {
    const report = { numPassedTests: 3, numFailedTests: 0, testResults: [passedFile] };
    expect(summarize(report, 0)).toEqual({ line: '3 passed, 0 failed', green: true });
  });

  it('counts what failed and what was skipped', () => {
    const report = {
      numPassedTests: 1,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      testResults: [failedFile],
    };
    expect(summarize(report, 1)).toEqual({ line: '1 passed, 1 failed, 3 skipped', green: false });
  });

  it('counts a file that could not be loaded as one failure', () => {
    const report = { numPassedTests: 5, numFailedTests: 0, testResults: [passedFile, unloadedFile] };
    expect(summarize(report, 1)).toEqual({ line: '5 passed, 1 failed', green: false });
  });

  it('is not green when an error outside of tests ended the run', () => {
    const report = { numPassedTests: 5, numFailedTests: 0, testResults: [passedFile] };
    expect(summarize(report, 1)).toEqual({ line: '5 passed, 1 failed', green: false });
  });

  it.each([undefined, { numPassedTests: 0, numFailedTests: 0, testResults: [] }])(
    'is not green when nothing ran (%j)',
    (report) => {
      expect(summarize(report, 0)).toEqual({ line: '0 passed, 1 failed', green: false });
    },
  );
});
