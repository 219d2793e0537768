# What the slots of one pod may read, for the token role that the pod names:
#
#   vault policy write pod-web vault-pod.hcl
#   vault write auth/token/roles/pod-web allowed_policies=pod-web orphan=true token_period=1h
#
# Replace "web" by the name of the pod.

path "secret/data/web" {
  capabilities = ["read"]
}

path "secret/metadata/web" {
  capabilities = ["read"]
}

path "database/creds/web" {
  capabilities = ["read"]
}
