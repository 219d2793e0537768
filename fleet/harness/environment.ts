const CONFIGURING = /^(RAFTAINER_|CONSUL_|VAULT_|DOCKER_|LOG_|VITEST|NODE_|HOSTNAME$|TEST$|CI$)/;

/** This process's environment without what would lead a program of the fleet elsewhere. */
export function neutralEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !CONFIGURING.test(name)));
}
