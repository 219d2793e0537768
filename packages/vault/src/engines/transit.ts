import type { EngineOptions } from './database.js';

/** The transit secrets engine. Mount: `transit`. https://developer.hashicorp.com/vault/docs/secrets/transit */
export interface Transit {
  /** Signs bytes; gives `vault:v1:…`. */
  sign(key: string, input: Uint8Array, options?: EngineOptions): Promise<string>;
  /** Whether the signature (`vault:v1:…`) was made for these bytes by a version of this key. */
  verify(key: string, input: Uint8Array, signature: string, options?: EngineOptions): Promise<boolean>;
}
