import type { Vm, VmContext } from "./context.js";
import { drivesOf, isPlainCdrom } from "./drive.js";
import { splitVolid } from "./drive-params.js";
import { parseProperties } from "./property-string.js";

/** What cloud-init finds on a CD in the guest, or why it finds nothing. */
interface NoCloud {
  /** Set when there is a volume for cloud-init that it cannot use: the guest then boots as without any data. */
  readonly problem?: string;
  readonly files: Readonly<Record<string, string>>;
}

const SECTOR = 2048;

/**
 * Files in the root directory of an ISO 9660 image, by Joliet's names as Linux shows them, or by those of ISO 9660;
 * undefined when it is no such image. A reader of its own: what it reads was written by the client under test.
 */
export function readIso(image: Buffer): { label: string; files: Record<string, string> } | undefined {
  let best: { label: string; root: number; length: number; joliet: boolean } | undefined;
  for (let sector = 16; (sector + 1) * SECTOR <= image.length; sector++) {
    const at = sector * SECTOR;
    if (image.toString("latin1", at + 1, at + 6) !== "CD001") return undefined;
    const type = image[at];
    if (type === 255) break;
    const joliet = type === 2 && ["%/@", "%/C", "%/E"].includes(image.toString("latin1", at + 88, at + 91));
    if (type !== 1 && !joliet) continue;
    const label = text(image.subarray(at + 40, at + 72), joliet);
    best = { label: label.trimEnd(), root: image.readUInt32LE(at + 158), length: image.readUInt32LE(at + 166), joliet };
  }
  if (!best) return undefined;
  const files: Record<string, string> = {};
  const directory = image.subarray(best.root * SECTOR, best.root * SECTOR + best.length);
  for (let at = 0; at < directory.length;) {
    const size = directory[at] ?? 0;
    // Records do not cross sectors: the rest of one is blank.
    if (size === 0) {
      at = (Math.floor(at / SECTOR) + 1) * SECTOR;
      continue;
    }
    const nameLength = directory[at + 32] ?? 0;
    const isDirectory = ((directory[at + 25] ?? 0) & 2) !== 0;
    if (!isDirectory) {
      const raw = directory.subarray(at + 33, at + 33 + nameLength);
      const name = text(raw, best.joliet).replace(/;\d+$/, "").replace(/\.$/, "");
      const start = directory.readUInt32LE(at + 2) * SECTOR;
      const content = image.subarray(start, start + directory.readUInt32LE(at + 10));
      files[best.joliet ? name : name.toLowerCase()] = content.toString("utf8");
    }
    at += size;
  }
  return { label: best.label, files };
}

function text(bytes: Buffer, joliet: boolean): string {
  return joliet ? Buffer.from(bytes).swap16().toString("utf16le") : bytes.toString("latin1");
}

/** The NoCloud data on a plain CD of the VM; undefined when no CD has anything to do with cloud-init. */
function noCloudOf(context: VmContext, vm: Vm): NoCloud | undefined {
  for (const [, drive] of drivesOf(vm.config)) {
    if (!isPlainCdrom(drive) || !splitVolid(drive.file)) continue;
    const content = context.disks.content(drive.file);
    const iso = content === undefined ? undefined : readIso(content);
    // The label decides, in either case (cloud-init's DataSourceNoCloud).
    if (!iso || !/^cidata$/i.test(iso.label)) continue;
    const missing = ["user-data", "meta-data"].filter((name) => iso.files[name] === undefined);
    return missing.length > 0 ? { problem: `no ${missing.join(" and ")}`, files: {} } : { files: iso.files };
  }
  return undefined;
}

/** The network configuration that own data bring along: on a CD, or as a snippet on the cloud-init drive. */
export function ownNetworkConfig(context: VmContext, vm: Vm): string | undefined {
  const { network } = parseProperties(vm.config.cicustom ?? "");
  if (network !== undefined) return context.disks.content(network)?.toString("utf8");
  const found = noCloudOf(context, vm);
  // Without a data source that it can use, cloud-init configures nothing at all.
  return found?.problem === undefined ? found?.files["network-config"] : "";
}

/** Addresses of the device with this number in a network configuration, as far as its notation is plain; `dhcp` for a lease. */
export function addressesIn(config: string, index: number): string[] {
  const sections = config.split(/^\s*"?(?:eth|en[sp]|id|net)\d\w*"?\s*:|^\s*- type: physical/m).slice(1);
  const section = sections[index] ?? (sections.length === 0 && index === 0 ? config : "");
  const found = section.match(/[0-9a-f.:]+\/\d{1,3}/gi) ?? [];
  return /"?dhcp4"?: *(?:true|yes)|type: dhcp4?\b/.test(section) ? ["dhcp", ...found] : found;
}

/** The host name that own data give the guest; undefined when they say nothing of it. */
export function ownHostName(context: VmContext, vm: Vm): string | undefined {
  const { meta } = parseProperties(vm.config.cicustom ?? "");
  const text =
    meta === undefined ? noCloudOf(context, vm)?.files["meta-data"] : context.disks.content(meta)?.toString("utf8");
  return /"?local-hostname"?:\s*"?([^"\s,}]+)/.exec(text ?? "")?.[1];
}
