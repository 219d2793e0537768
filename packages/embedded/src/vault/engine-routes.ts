import { appRoleRoutes } from './approle/approle-routes.js';
import { cubbyholeRoutes, kv1Routes } from './kv/kv1-routes.js';
import { kv2Routes } from './kv/kv2-routes.js';
import { databaseRoutes } from './database/database-routes.js';
import { jwtRoutes } from './jwt/jwt-routes.js';
import { leaseRoutes } from './leases/lease-routes.js';
import { pkiRoutes } from './pki/pki-routes.js';
import { policyRoutes } from './policy/policy-routes.js';
import type { EngineRoutes } from './routing/router.js';
import { mountRoutes } from './sys/mount-routes.js';
import { wrappingRoutes } from './sys/wrapping.js';
import { tokenRoutes } from './tokens/token-routes.js';
import { transitRoutes } from './transit/transit-routes.js';
import type { VaultContext } from './vault-context.js';

/** What every engine serves. */
export function engineRoutes(context: VaultContext): EngineRoutes {
  return {
    system: [
      ...mountRoutes(context),
      ...policyRoutes(context),
      ...leaseRoutes(context),
      ...wrappingRoutes(context),
    ],
    token: tokenRoutes(context),
    database: databaseRoutes(context),
    pki: pkiRoutes(context),
    transit: transitRoutes(context),
    jwt: jwtRoutes(context),
    approle: appRoleRoutes(context),
    kv1: kv1Routes(context),
    kv2: kv2Routes(context),
    cubbyhole: cubbyholeRoutes(context),
  };
}
