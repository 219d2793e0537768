# What an agent needs of Consul's ACLs.
key_prefix "raftainer/" {
  policy = "write"
}

session_prefix "" {
  policy = "write"
}

service_prefix "" {
  policy = "write"
}
