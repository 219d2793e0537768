export { normaliseArchitecture } from './architecture.js';
export { assignGpus } from './assign-gpus.js';
export { ATTRIBUTES, attributesOf } from './attributes.js';
export type { AttributeInfo, AttributeKind, AttributeValue } from './attributes.js';
export { formatBytes, parseBytes } from './bytes.js';
export { CONSTRAINTS_ERRORS, ConstraintsError, isConstraintsError } from './constraints-error.js';
export type { ConstraintsErrorCode } from './constraints-error.js';
export { evaluate, isEligible } from './evaluate.js';
export type { CpuFacts, DiskFacts, Gpu, HostFacts, KernelFacts, MemoryFacts, OsFacts } from './host-facts.js';
export type {
  Allocated,
  Capacity,
  Constraint,
  ConstraintOperator,
  ConstraintValue,
  GpuRequest,
  Host,
  Requirements,
  ResourceRequest,
} from './requirements.js';
export type { RuleFailure, Verdict } from './verdict.js';
