import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { secondTries, summarize } from '../scripts/test.mjs';

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

describe('tests that passed when they were tried again', () => {
  const testOf = (status: string, failureMessages: readonly string[]): object => ({
    status,
    fullName: `a test that ${status}`,
    failureMessages,
  });

  it('are told with what was wrong the first time', () => {
    const assertionResults = [
      testOf('passed', []),
      testOf('passed', ['Error: late']),
      testOf('failed', ['Error: x']),
    ];
    const report = { testResults: [{ name: resolve('some', 'file.test.ts'), assertionResults }] };
    expect(secondTries(report)).toEqual([
      'Needed another try: some/file.test.ts > a test that passed\nError: late',
    ]);
  });

  it('are none when there is no report', () => {
    expect(secondTries(undefined)).toEqual([]);
  });
});
