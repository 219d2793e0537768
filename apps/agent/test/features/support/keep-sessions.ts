import type { TestHost } from '../../support/test-host.js';

/**
 * Keeps the sessions of a host in the agent's place while `work` goes on: on a busy machine a restart may take longer than
 * they live, and then what is to be shown, that they are resumed, would not happen.
 */
export async function keepSessions(host: TestHost, work: () => Promise<void>): Promise<void> {
  const sessions = (await host.consul.sessions.list()).filter(({ name }) => name.includes(host.name));
  const timer = setInterval(() => {
    for (const { id } of sessions) host.consul.sessions.renew(id).catch(() => undefined);
    host.consul.services.ttl.pass(`raftainer-agent-${host.name}/alive`).catch(() => undefined);
  }, 1_000);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}
