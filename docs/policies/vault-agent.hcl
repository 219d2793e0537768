# What an agent needs of Vault. Narrow the first three rules to what your pods use, or give the pods token roles of their own
# (`vault: { role: … }`, see vault-pod.hcl) and drop them.

# Secrets of pods: the data, and the version by which changes are noticed.
path "secret/data/*" {
  capabilities = ["read"]
}

path "secret/metadata/*" {
  capabilities = ["read"]
}

path "database/creds/*" {
  capabilities = ["read"]
}

# Certificates.
path "pki/issue/*" {
  capabilities = ["create", "update"]
}

# Leases: kept alive while their slot runs, and taken back when it stops, also by the next host that holds the slot.
path "sys/leases/renew" {
  capabilities = ["update"]
}

path "sys/leases/revoke" {
  capabilities = ["update"]
}

# A restarted agent keeps the token of its last run alive, since the leases end with it.
path "auth/token/renew-accessor" {
  capabilities = ["update"]
}

# Tokens that were made for a slot end with it, also those of a host that nobody can reach.
path "auth/token/revoke-accessor" {
  capabilities = ["update"]
}

# Tokens for pods, one path for each role that pods may name.
path "auth/token/create/pod-*" {
  capabilities = ["create", "update"]
}
