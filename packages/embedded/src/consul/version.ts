/** The Consul whose HTTP API this server gives; tools that ask for the agent's version get this. */
export const CONSUL_VERSION = '1.8.7';
