import { die } from "../errors.js";
import { parseProperties, printProperties, type PropertyFormat } from "./property-string.js";
import type { Log } from "./context.js";

/** Version of QEMU on the nodes, as `meta` names it. */
export const QEMU_VERSION = "10.0.13";
/** Newest machine version of that QEMU. */
const MACHINE_VERSION = "10.0+pve1";

const MACHINE_FORMAT: PropertyFormat = { defaultKey: "type", booleans: new Set(["enable-s3", "enable-s4"]) };

/** Windows versions by ostype; 0 for everything else. */
export function windowsVersion(ostype: string | undefined): number {
  if (["wxp", "w2k3", "w2k"].includes(ostype ?? "")) return 5;
  if (["w2k8", "wvista"].includes(ostype ?? "")) return 6;
  return Number(/^win(\d+)$/.exec(ostype ?? "")?.[1] ?? 0);
}

/** Refuses combinations of machine options that cannot work. */
export function assertMachine(text: string): void {
  const machine = parseProperties(text, MACHINE_FORMAT);
  if (machine.viommu === "intel") {
    if (!machine.type?.includes("q35")) throw die("to use Intel vIOMMU please set the machine type to q35");
    if (machine["aw-bits"] && !["39", "48"].includes(machine["aw-bits"])) {
      throw die("Intel vIOMMU supports only 39 or 48 bits as address width");
    }
  }
  if (machine["aw-bits"] && !machine.viommu) throw die("cannot set aw-bits if no vIOMMU is configured");
}

/** The machine option of a new VM: Windows guests keep the newest version from now on. */
export function pinnedMachine(text: string | undefined, ostype: string | undefined, log: Log): string {
  const machine = parseProperties(text ?? "", MACHINE_FORMAT);
  if ((machine.type === undefined || /^(pc|q35|virt)$/.test(machine.type)) && windowsVersion(ostype) > 0) {
    const type = machine.type ?? "pc";
    const full: Record<string, string> = { pc: "pc-i440fx", q35: "pc-q35" };
    machine.type = `${full[type] ?? type}-${MACHINE_VERSION}`;
    log(`pinning machine type to '${machine.type}' for Windows guest OS`);
  }
  const pinned = printProperties(machine, MACHINE_FORMAT);
  assertMachine(pinned);
  return pinned;
}

/** Whether the machine is a q35, which has another EFI firmware. */
export function isQ35(config: Readonly<Record<string, string>>): boolean {
  return /q35/.test(config.machine ?? "");
}

/** Memory in MiB (`memory` may be `2048` or `current=2048`). */
export function memoryOf(config: Readonly<Record<string, string>>): number {
  const memory = parseProperties(config.memory ?? "", { defaultKey: "current" }).current;
  return Number(memory ?? 512);
}
