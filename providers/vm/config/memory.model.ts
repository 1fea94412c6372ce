import { z } from "zod";
import { flag, number, numberOrWord, type Mapped } from "../../kernel/fields/codec";
import { optional } from "../../kernel/fields/field";
import { whole } from "./field.model";

const largest = 67_108_864;

const memory: Mapped = {
  ...number("memory", "reboot", 512),
  read: (text) => (text === undefined ? 512 : Number(text.replace(/^current=/, ""))),
  same: (wanted, live = "512") => wanted === live.replace(/^current=/, ""),
};

/** Memory inputs of a guest. */
export const memoryShape = {
  memoryMiB: optional(
    "Memory in MiB. A running VM is rebooted, unless `hotplug` has `memory`: then memory comes in modules of " +
      "512 MiB beyond the first 1024.",
    whole("memory in MiB", 16, largest),
    memory,
  ),
  balloonMiB: optional(
    "Memory that the guest keeps when the node runs short, in MiB; 0 = no ballooning. Live, but switching " +
      "ballooning on or off needs a reboot.",
    whole("memory in MiB", 0, largest),
    { ...number("balloon", "hot-plug"), default: "all" },
  ),
  shares: optional(
    "Share of free memory against other ballooning guests; 0 = none.",
    whole("memory shares", 0, 50_000),
    { ...number("shares", "live"), default: "1000" },
  ),
  allowKsm: optional(
    "Merge equal memory pages with those of other guests (KSM).",
    z.boolean(),
    flag("allow-ksm", "reboot", true),
  ),
  hugepages: optional(
    "Huge pages for the guest's memory: their size in MiB (2 or 1024), or `any`; needs `numa: true`. " +
      "root@pam with a password only.",
    z.union([z.literal("any"), z.literal(2), z.literal(1024)], 'write 2, 1024 or "any"'),
    { ...numberOrWord("hugepages", "reboot"), default: "none" },
  ),
  keepHugepages: optional(
    "Keep huge pages when the VM stops. root@pam with a password only.",
    z.boolean(),
    flag("keephugepages", "reboot", false),
  ),
};

/** The memory that a VM gets when it is asked for so much while modules can be plugged (PVE/QemuServer/Memory.pm). */
export function inModules(wantedMiB: number, base: number, smallest: number): number {
  let size = base;
  for (let module = smallest; module < smallest * 2 ** 8; module *= 2)
    for (let i = 0; i < 32 && size < wantedMiB; i++) size += module;
  return size;
}
