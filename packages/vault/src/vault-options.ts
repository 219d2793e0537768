import type { TokenEvent } from './login/token-event.js';

/** Use a token as it is. It is renewed while Vault allows; when it ends, somebody must give another. */
export interface TokenAuth {
  readonly method: 'token';
  readonly token: string;
  /**
   * File that `token` comes from, read again when it changes: the new token takes the place of the old one. While it is empty or
   * missing, the last token stays.
   */
  readonly file?: string;
}

/** Log in with a role id and a secret id. https://developer.hashicorp.com/vault/docs/auth/approle */
export interface AppRoleAuth {
  readonly method: 'approle';
  readonly roleId: string;
  /** The secret id, or, with `wrapped`, the wrapping token that holds it. */
  readonly secretId: string;
  /** File that `secretId` comes from, read again at each login. */
  readonly secretIdFile?: string;
  /** `secretId` is a wrapping token: unwrapped once, at the first login; the secret id is then kept in memory. Default false. */
  readonly wrapped?: boolean;
  /** Where the auth method is mounted. Default `approle`. */
  readonly mount?: string;
}

/** Log in with a JWT from a file, which is read at each login. https://developer.hashicorp.com/vault/docs/auth/jwt */
export interface JwtAuth {
  readonly method: 'jwt';
  readonly role: string;
  /** Path of the file. */
  readonly file: string;
  /** Where the auth method is mounted. Default `jwt`. */
  readonly mount?: string;
}

/** How the client gets its token. */
export type VaultAuth = TokenAuth | AppRoleAuth | JwtAuth;

/** TLS towards Vault, for an `https://` address. */
export interface VaultTlsOptions {
  /** Authority that signed the server's certificate, in PEM. Default: the ones that Node trusts. */
  readonly ca?: string;
  /** File of `ca`, read again when it changes, for the connections made from then on. */
  readonly caFile?: string;
  /** Accept any certificate. Default false. Only for experiments. */
  readonly skipVerify?: boolean;
  /** Name expected in the server's certificate. Default: the host of the address. */
  readonly serverName?: string;
}

/** Where Vault is and how to log in. */
export interface VaultOptions {
  /** `http://host:port` or `https://host:port`. The active server, or a load balancer before all. */
  readonly address: string;
  readonly auth: VaultAuth;
  /** Namespace (Vault Enterprise, OpenBao) of every request. */
  readonly namespace?: string;
  readonly tls?: VaultTlsOptions;
  /** Default deadline of a call, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number;
  /** Told of what changes with the login, and with those of clients made by `withTokenRole`. What it throws is ignored. */
  readonly onTokenChange?: (event: TokenEvent) => void;
}
