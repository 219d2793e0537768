/** What is known about a host. Sizes are in bytes. */
export interface HostFacts {
  readonly hostname: string;
  readonly cpu: CpuFacts;
  readonly memory: MemoryFacts;
  readonly disk: DiskFacts;
  readonly os: OsFacts;
  readonly kernel: KernelFacts;
  /** Where the host is, in the operator's own words. */
  readonly region?: string;
  /** The operator's own attributes of the host. */
  readonly labels: Readonly<Record<string, string>>;
  readonly gpus: readonly Gpu[];
}

export interface CpuFacts {
  /** Logical cores, as the operating system schedules them. */
  readonly cores: number;
  /** In the words of container images: `amd64`, `arm64`, … */
  readonly architecture: string;
  readonly model?: string;
}

export interface MemoryFacts {
  readonly totalBytes: number;
}

/** The file system that containers live on. */
export interface DiskFacts {
  readonly totalBytes: number;
  /** What an unprivileged process may still write. */
  readonly freeBytes?: number;
}

export interface OsFacts {
  /** As Node names it: `linux`, `darwin`, `win32`. */
  readonly platform: string;
  /** Such as `Debian GNU/Linux`. */
  readonly distribution?: string;
  /** Release of the distribution, such as `12`. */
  readonly version?: string;
}

export interface KernelFacts {
  /** Such as `6.1.0-18-amd64`. */
  readonly version: string;
}

/** One graphics device that can compute. */
export interface Gpu {
  /** Unique on its host and stable over restarts: its PCI address where it has one. */
  readonly id: string;
  /** `nvidia`, `amd`, `intel`, `apple`, or the maker's name in lower case. */
  readonly vendor: string;
  readonly model: string;
  /** Memory of its own; 0 when it has none or does not say, and then it satisfies no minimum. */
  readonly vramBytes: number;
}
