import type { Gpu } from '../host-facts.js';

/** What is read of a graphics controller as systeminformation reports it. Memory is in MiB. */
export interface GraphicsController {
  readonly vendor?: string | undefined;
  readonly model?: string | undefined;
  /** Model in the words of the vendor's own tool. */
  readonly name?: string | undefined;
  readonly busAddress?: string | undefined;
  /** PCI address as nvidia-smi writes it, with a domain of eight digits. */
  readonly pciBus?: string | undefined;
  readonly vram?: number | null | undefined;
  /** The memory is borrowed from the system's. */
  readonly vramDynamic?: boolean | undefined;
  /** As the vendor's own tool reports it. */
  readonly memoryTotal?: number | undefined;
}

/** systeminformation and nvidia-smi say MB and mean 2^20 bytes. */
const BYTES_PER_MIB = 1024 ** 2;

/** Devices that only drive a screen: on a server's management board, or made up by a hypervisor. */
const DISPLAY_ONLY =
  /aspeed|matrox|cirrus|vmware|virtualbox|innotek|red hat|qxl|virtio|bochs|hyper-v|basic (?:display|render)|hisilicon|silicon motion|\bxgi\b/i;

const VENDORS: readonly (readonly [pattern: RegExp, vendor: string])[] = [
  [/nvidia/i, 'nvidia'],
  [/advanced micro|\bamd\b|\bati\b/i, 'amd'],
  [/intel/i, 'intel'],
  [/apple/i, 'apple'],
];

/**
 * The devices that can compute among the graphics controllers, with their memory in bytes. Memory borrowed from the
 * system counts as none: it is in the host's memory already.
 */
export function gpusFrom(controllers: readonly GraphicsController[]): readonly Gpu[] {
  const ids = new Set<string>();
  return controllers.filter(canCompute).map((controller, index) => {
    const id = unusedId(ids, idOf(controller) ?? `gpu${index}`);
    ids.add(id);
    return {
      id,
      vendor: vendorOf(controller),
      model: modelOf(controller),
      vramBytes: vramBytesOf(controller),
    };
  });
}

function canCompute(controller: GraphicsController): boolean {
  const text = `${controller.vendor ?? ''} ${controller.model ?? ''} ${controller.name ?? ''}`;
  return text.trim() !== '' && !DISPLAY_ONLY.test(text);
}

/** The PCI address in one spelling, `0000:07:00.0`, whichever tool reported it. */
function idOf({ pciBus, busAddress }: GraphicsController): string | undefined {
  const [, domain = '0', device] =
    /^(?:([\da-f]+):)?([\da-f]{2}:[\da-f]{2}\.[\da-f])$/i.exec(pciBus ?? busAddress ?? '') ?? [];
  if (device === undefined) return undefined;
  return `${Number.parseInt(domain, 16).toString(16).padStart(4, '0')}:${device.toLowerCase()}`;
}

function unusedId(taken: ReadonlySet<string>, wanted: string): string {
  let id = wanted;
  for (let n = 2; taken.has(id); n += 1) id = `${wanted}#${n}`;
  return id;
}

function vendorOf({ vendor = '', name = '', model = '' }: GraphicsController): string {
  const text = vendor === '' ? `${name} ${model}` : vendor;
  const known = VENDORS.find(([pattern]) => pattern.test(text));
  return known?.[1] ?? (vendor.trim().toLowerCase() || 'unknown');
}

function modelOf({ name = '', model = '' }: GraphicsController): string {
  return name.trim() || model.trim() || 'unknown';
}

function vramBytesOf({ memoryTotal, vram, vramDynamic }: GraphicsController): number {
  const own = vramDynamic === true ? undefined : vram;
  const mebibytes = memoryTotal ?? own;
  if (typeof mebibytes !== 'number' || !Number.isFinite(mebibytes) || mebibytes <= 0) return 0;
  return Math.round(mebibytes * BYTES_PER_MIB);
}
