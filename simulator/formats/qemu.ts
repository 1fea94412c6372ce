import { driveNames } from "../qemu/drive.js";
import { splitList } from "./list.js";
import { physBitsFailure } from "./cpu.js";
import type { Format } from "./format.js";

const FEATURES = ["network", "disk", "cpu", "memory", "usb", "cloudinit"];

function hotplugFailure(text: string): string | undefined {
  if (text === "0" || text === "1") return undefined;
  const bad = splitList(text).find((feature) => !FEATURES.includes(feature));
  return bad === undefined ? undefined : `invalid hotplug feature '${bad}'`;
}

function isBootDevice(text: string): boolean {
  if (driveNames.includes(text)) return !/^(efidisk|tpmstate)/.test(text);
  const device = /^(net|usb|hostpci)(\d+)$/.exec(text);
  return device !== null && Number(device[2]) < (device[1] === "net" ? 32 : device[1] === "usb" ? 14 : 16);
}

/** Formats of virtual machines that are no property strings (PVE/QemuServer.pm and below). */
export const qemuFormats: Readonly<Record<string, Format>> = {
  "pve-cpuset": (text) =>
    /^\s*\d+(-\d+)?(\s*,\s*\d+(-\d+)?)*\s*$/.test(text) ? undefined : "unable to parse cpuset option",
  "pve-hotplug-features": hotplugFailure,
  "pve-phys-bits": physBitsFailure,
  "pve-qm-bootdev": (text) => (isBootDevice(text) ? undefined : `invalid boot device '${text}'`),
  "pve-qm-bootdisk": (text) => (driveNames.includes(text) ? undefined : `invalid boot disk '${text}'`),
};
