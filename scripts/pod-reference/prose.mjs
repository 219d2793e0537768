/** What stands before the tables. */
export const FOREWORD = `<!-- Written by scripts/pod-reference.mjs from the schemas in packages/pod-spec. Change those. -->

# Pod reference

A pod is a group of containers that share a private network and run together on one host. It is defined by one object, in YAML
or JSON; a file may hold several, as YAML documents between \`---\` lines. Whole pods to start from are in [examples/](../examples/README.md).

\`raftainer validate -f FILE\` reports everything that is wrong with a file at once, each problem with its path. For an editor that knows JSON
Schema, begin the file with this line (the schema is part of the npm package \`@raftainer/pod-spec\`):

\`\`\`yaml
# yaml-language-server: $schema=node_modules/@raftainer/pod-spec/schema/pod.schema.json
\`\`\`

Fields that are not in these tables are errors, not ignored. Fields that are in them, but that the agent cannot honour yet, are refused by
the agent with "not supported yet", so that nothing which a definition asks for is left out in silence.

## Ways to write values

| Type | Written as |
| --- | --- |
| duration | Text with units: \`500ms\`, \`30s\`, \`5m\`, \`1h30m\`. A plain number is refused, as it would not say what it counts. At most \`168h\`. |
| size | \`512Mi\`, \`1Gi\` (powers of 1024: Ki, Mi, Gi, Ti) or \`100MB\`, \`64k\` (powers of 1000: k, M, G, T). A plain whole number is bytes. |
| octal mode | Three octal digits in quotes, \`"0400"\`: YAML reads a bare 0400 as four hundred. |
| text | Numbers and \`true\` or \`false\` need quotes where text is expected: \`PORT: "8080"\`. |
| name | Lower-case letters, digits and dashes, with at least one letter (a DNS label). |
| host attribute | A fact of a host, such as \`hostname\`, \`region\`, \`cpu.cores\`, \`cpu.architecture\`, \`memory.totalBytes\` or \`labels.zone\`. |
| signal, Linux capability | With or without \`SIG\` and \`CAP_\`. |`;

/** What stands after the tables. */
export const AFTERWORD = `## Rules between fields

- Names of containers, of volumes and of ports are each unique in the pod. So are host ports, for each protocol. Container ports
  are unique in their container.
- At least one container is not \`startup\`. A startup container has no ports and no health check.
- A mount names a volume that the pod declares. Nothing in a container is mounted twice at one path.
- \`dependsOn\` names containers of the pod, without circles. A startup container can wait only for startup containers before it in the list.
  \`healthy\` needs a health check on the other container; \`completed\` needs one that ends: a startup container, or any in a job.
- \`hostPort\` and \`hostname\` need \`publish: internal\` or \`external\`; \`hostname\` also needs a \`name\`, and tcp.
- \`schedule\` stands in pods of \`kind: periodic\`, and only there. \`kind: system\` has no \`instances\`.
- \`update.strategy: start-first\` runs two copies of a slot for a while, so it needs \`exclusive: false\`. \`minHealthyTime\`, \`healthyDeadline\` and
  \`progressDeadline\` do not fall, and \`canary\` is at most \`instances\`.
- \`in\` and \`not-in\` take a list, \`exists\` and \`not-exists\` no value, all other operators one value.

## Limits

A pod's name has at most 40 characters, a container's 40, a volume's 40, a port's 20, so that \`raftainer-{pod}-{index}\` and \`{pod}-{port}\` are DNS labels
(63 characters). A pod has at most 1000 instances and 50 containers. A definition has at most 512 KiB of text, which is what Consul keeps in one value.`;
