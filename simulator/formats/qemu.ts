import type { Format } from "./named.js";

/** Formats of virtual machines that are no property strings (PVE/QemuServer.pm and below). */
export const qemuFormats: Readonly<Record<string, Format>> = {
  "pve-cpuset": (text) =>
    /^\s*\d+(-\d+)?(\s*,\s*\d+(-\d+)?)*\s*$/.test(text) ? undefined : "unable to parse cpuset option",
};
