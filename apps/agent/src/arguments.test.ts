import { describe, expect, it } from 'vitest';

import { readArguments } from './arguments.js';

describe('the arguments of the agent', () => {
  it.each([
    [[], 'run'],
    [['--help'], 'help'],
    [['-h', '--version'], 'help'],
    [['--version'], 'version'],
    [['-V'], 'version'],
  ] as const)('%j mean %s', (args, request) => {
    expect(readArguments(args)).toBe(request);
  });

  it.each([[['--verison']], [['start']], [['--help=yes']]])('%j start nothing', (args) => {
    expect(() => readArguments(args)).toThrow(
      expect.objectContaining({
        code: 'AGENT_ARGUMENTS_INVALID',
        message: expect.stringContaining('--help') as string,
      }) as Error,
    );
  });
});
