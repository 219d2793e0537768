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

# To warn of settings of Consul that break a promise; an agent works without it.
agent_prefix "" {
  policy = "read"
}
