import { createDatabase } from './engines/http-database.js';
import { createPki } from './engines/http-pki.js';
import { createTransit } from './engines/http-transit.js';
import { ignoringErrors } from './ignoring-errors.js';
import { createKv } from './kv/http-kv.js';
import { createLeases } from './leases/http-leases.js';
import { createTokens } from './login/http-tokens.js';
import type { LoginMethod } from './login/login-method.js';
import type { TokenEvent } from './login/token-event.js';
import { TokenKeeper } from './login/token-keeper.js';
import { tokenRoleLogin } from './login/token-role-login.js';
import { readHealth } from './read-health.js';
import { createSession } from './session.js';
import type { Clock } from './time/clock.js';
import { withinScope } from './transport/call-scope.js';
import { subTransport } from './transport/sub-transport.js';
import type { Transport } from './transport/transport.js';
import type { CloseOptions, VaultClient } from './vault-client.js';

/** What a client is put together from. */
export interface ClientParts {
  readonly transport: Transport;
  readonly method: LoginMethod;
  readonly clock: Clock;
  readonly onTokenChange?: (event: TokenEvent) => void;
  /** Of the client whose token makes this one's. */
  readonly parent?: TokenKeeper;
}

/** Puts a client together. */
export function createClient(parts: ClientParts): VaultClient {
  const { transport, method, clock, onTokenChange, parent } = parts;
  const onChange = (event: TokenEvent): void => {
    ignoringErrors(() => onTokenChange?.(event));
  };
  const keeper = new TokenKeeper({
    ...{ transport, method, clock, onChange },
    ...(parent === undefined ? {} : { parent }),
  });
  const session = createSession(transport, keeper);
  return {
    address: transport.address,
    tokenState: () => keeper.state(),
    kv: createKv(session),
    database: createDatabase(session),
    pki: createPki(session),
    leases: createLeases({ session, keeper, clock }),
    tokens: createTokens(session),
    transit: createTransit(session),
    withTokenRole: (tokenRole) =>
      createClient({
        ...parts,
        transport: subTransport(transport),
        method: tokenRoleLogin(session, tokenRole),
        parent: keeper,
      }),
    health: (options) => readHealth(transport, options),
    close: (options) => close({ transport, keeper }, options),
  };
}

interface Closing {
  readonly transport: Transport;
  readonly keeper: TokenKeeper;
}

async function close({ transport, keeper }: Closing, options: CloseOptions | undefined): Promise<void> {
  keeper.stop();
  const token = keeper.current();
  try {
    if (options?.revoke !== true || token === undefined || transport.closed.aborted) return;
    const spec = {
      doing: 'revoking the token',
      method: 'POST',
      path: 'auth/token/revoke-self',
      token,
    } as const;
    await withinScope({ ...transport, doing: spec.doing, options: undefined }, (signal) =>
      transport.send(spec, signal),
    );
  } finally {
    transport.close();
  }
}
