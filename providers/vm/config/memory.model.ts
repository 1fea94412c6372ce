import { z } from "zod";
import { flag, number, numberOrWord, type Mapped } from "../../kernel/fields/codec";
import { whole } from "./field.model";

const largest = 67_108_864;

/** Memory inputs of a guest. */
export const memoryShape = {
  /**
   * Memory in MiB. Default 512. A running VM is rebooted, unless `hotplug` has `memory`: then memory comes in modules
   * of 512 MiB beyond the first 1024. Proxmox: `memory`.
   */
  memoryMiB: whole("memory in MiB", 16, largest).optional(),
  /**
   * Memory that the guest keeps when the node runs short, in MiB; 0 = no ballooning. Default: all. Live, but switching
   * ballooning on or off needs a reboot. Proxmox: `balloon`.
   */
  balloonMiB: whole("memory in MiB", 0, largest).optional(),
  /** Share of free memory against other ballooning guests; 0 = none. Default 1000. Proxmox: `shares`. */
  shares: whole("memory shares", 0, 50_000).optional(),
  /** Merge equal memory pages with those of other guests (KSM). Default true. Proxmox: `allow-ksm`. */
  allowKsm: z.boolean().optional(),
  /**
   * Huge pages for the guest's memory: their size in MiB (2 or 1024), or `any`; needs `numa: true`. root@pam with a
   * password only. Default: none. Proxmox: `hugepages`.
   */
  hugepages: z.union([z.literal("any"), z.literal(2), z.literal(1024)], 'write 2, 1024 or "any"').optional(),
  /** Keep huge pages when the VM stops. root@pam with a password only. Default false. Proxmox: `keephugepages`. */
  keepHugepages: z.boolean().optional(),
};

export const memoryFields = {
  memoryMiB: {
    ...number("memory", "reboot", 512),
    read: (text) => (text === undefined ? 512 : Number(text.replace(/^current=/, ""))),
    same: (wanted, live = "512") => wanted === live.replace(/^current=/, ""),
  },
  balloonMiB: number("balloon", "hot-plug"),
  shares: number("shares", "live"),
  allowKsm: flag("allow-ksm", "reboot", true),
  hugepages: numberOrWord("hugepages", "reboot"),
  keepHugepages: flag("keephugepages", "reboot", false),
} satisfies Record<string, Mapped>;

/** The memory that a VM gets when it is asked for so much while modules can be plugged (PVE/QemuServer/Memory.pm). */
export function inModules(wantedMiB: number, base: number, smallest: number): number {
  let size = base;
  for (let module = smallest; module < smallest * 2 ** 8; module *= 2)
    for (let i = 0; i < 32 && size < wantedMiB; i++) size += module;
  return size;
}
