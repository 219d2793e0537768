import type { Logger } from '@raftainer/logger';

/** Where it is remembered under which token the services of this host are registered. */
export const REGISTRATIONS_FILE = 'registrations.json';

/** What telling old registrations from new ones needs. */
export interface RegistrationOptions {
  /** Recognises the token in use; undefined without one. */
  readonly token: () => string | undefined;
  readonly store: {
    read(name: string): Promise<unknown>;
    write(name: string, value: unknown): Promise<void>;
  };
  readonly logger: Logger;
}

/**
 * Under which token the services of this host are registered. The local Consul agent goes on with the token of a registration
 * for as long as that stands: once the token is deleted, nothing of the service can be changed in the catalogue any more, and
 * when its slot moves away it stays there. So after a change of the token everything is registered anew, status and all.
 */
export class Registrations {
  readonly #options: RegistrationOptions;
  /** Under this token every service is registered. */
  #settled: string | undefined;
  /** What is registered under `#token` already. */
  readonly #fresh = new Set<string>();
  #token: string | undefined;
  #isLoaded = false;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    void this.#load();
  }

  /** Registered under a token that is not in use any more, or not known to be registered under this one. */
  isStale(id: string): boolean {
    const token = this.#look();
    return this.#isLoaded && token !== undefined && token !== this.#settled && !this.#fresh.has(id);
  }

  /** It was registered just now. */
  renewed(id: string): void {
    this.#look();
    this.#fresh.add(id);
  }

  /** These are all that are registered for this host. */
  saw(ids: readonly string[]): void {
    const token = this.#look();
    if (token === undefined || !this.#isLoaded || token === this.#settled) return;
    if (ids.some((id) => this.isStale(id))) return;
    this.#settled = token;
    void this.#options.store.write(REGISTRATIONS_FILE, { token }).catch((error: unknown) => {
      // Then a restarted agent registers everything once more, which harms nobody.
      this.#options.logger.debug({ error }, 'The token of the registrations could not be remembered');
    });
  }

  #look(): string | undefined {
    const token = this.#options.token();
    if (token !== this.#token) this.#fresh.clear();
    this.#token = token;
    return token;
  }

  async #load(): Promise<void> {
    const stored = await this.#options.store.read(REGISTRATIONS_FILE);
    const { token } = (stored ?? {}) as { readonly token?: unknown };
    if (typeof token === 'string') this.#settled = token;
    this.#isLoaded = true;
  }
}
