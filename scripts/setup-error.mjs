/**
 * Something on this machine has to be different before the script can go on. `message` says what, and
 * `nextStep` is the command or action that helps, to be copied as it stands.
 */
export class SetupError extends Error {
  name = 'SetupError';

  /**
   * @param {string} message
   * @param {{ nextStep?: string, cause?: unknown }} [options]
   */
  constructor(message, { nextStep, cause } = {}) {
    super(
      nextStep === undefined
        ? message
        : `${message}\n\nNext step:\n\n    ${nextStep.replaceAll('\n', '\n    ')}\n`,
      {
        cause,
      },
    );
    this.nextStep = nextStep;
  }
}
