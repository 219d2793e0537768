import { createSecureContext } from 'node:tls';
import type { ConsulTlsOptions } from '../consul-options.js';
import { CredentialFile } from './credential-file.js';

const PARTS = ['ca', 'cert', 'key'] as const;

type Part = (typeof PARTS)[number];
type Material = Readonly<Partial<Record<Part, string | Buffer>>>;

/** Authority, certificate and key as they are now; the very same object while nothing has changed. */
export class TlsMaterial {
  readonly #files: ReadonlyMap<Part, CredentialFile>;
  #current: Material;

  constructor(tls: ConsulTlsOptions) {
    const known = PARTS.flatMap((part) => (tls[part] === undefined ? [] : [[part, tls[part]] as const]));
    this.#current = Object.fromEntries(known);
    this.#files = new Map(
      PARTS.flatMap((part) => {
        const path = tls[`${part}File`];
        return path === undefined ? [] : [[part, new CredentialFile(path, tls[part])] as const];
      }),
    );
  }

  get current(): Material {
    const found = [...this.#files].flatMap(([part, file]) => {
      const content = file.read();
      return content === undefined ? [] : [[part, content] as const];
    });
    const isNew = found.some(([part, content]) => !content.equals(Buffer.from(this.#current[part] ?? '')));
    const next: Material = isNew ? { ...this.#current, ...Object.fromEntries(found) } : this.#current;
    if (isNew && fits(next)) this.#current = next;
    return this.#current;
  }
}

/** A certificate and a key that were not replaced in one step do not fit for a moment; the old ones serve until they do. */
function fits(material: Material): boolean {
  try {
    createSecureContext(material);
    return true;
  } catch {
    return false;
  }
}
