/** Where a secret comes from. The value itself is never part of a definition. */
export type SecretSource = VaultValue | DatabaseValue | PkiValue;

/** A key of a Vault KV secret. */
export interface VaultValue {
  readonly vault: VaultReference;
}

/** Which key of which secret. */
export interface VaultReference {
  /** With the mount first, such as `secret/web`; the same for KV 1 and 2. */
  readonly path: string;
  readonly key: string;
  /** The value is base64, and what it stands for is wanted. */
  readonly encoding?: 'base64';
}

/** Credentials that Vault makes for this slot, or a part of them. One role gives a slot one pair, wherever it is used. */
export interface DatabaseValue {
  readonly database: DatabaseReference;
}

/** Which part of which credentials; `field` or `template`, not both. */
export interface DatabaseReference {
  readonly role: string;
  /** Default `database`. */
  readonly mount?: string;
  readonly field?: 'username' | 'password';
  /** Text with `{{username}}` and `{{password}}`; with `:url` behind the name, encoded for a URL. */
  readonly template?: string;
}

/** A certificate that Vault issues for this slot, or a part of it. Equal requests give a slot one certificate. */
export interface PkiValue {
  readonly pki: PkiReference;
}

/** Which part of which certificate. */
export interface PkiReference {
  readonly role: string;
  /** Default `pki`. */
  readonly mount?: string;
  readonly commonName: string;
  readonly altNames?: readonly string[];
  /** How long it is valid; the role's own when absent. */
  readonly ttlMs?: number;
  /** `bundle`: certificate, chain and private key, in this order. */
  readonly field: 'certificate' | 'privateKey' | 'caChain' | 'bundle';
}
