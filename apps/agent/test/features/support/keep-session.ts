import type { TestHost } from '../../support/test-host.js';

/**
 * Renews a session in the agent's place while `work` goes on: on a busy machine a restart may take longer than the
 * session lives, and then what is to be shown, that it is resumed, would not happen.
 */
export async function keepSession(
  host: TestHost,
  session: string | undefined,
  work: () => Promise<void>,
): Promise<void> {
  const timer = setInterval(() => {
    if (session !== undefined) host.consul.sessions.renew(session).catch(() => undefined);
  }, 1_000);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}
