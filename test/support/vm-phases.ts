import { readMark } from "../../providers/vm/config/mark-line";
import type { Simulator } from "../../simulator";
import { guestsOf } from "./lab";

/** How far the making of one VM has come, as the simulated cluster sees it. */
export const phases = [
  "absent",
  /** A lock and nothing else: nobody can tell whose it is. */
  "stub",
  /** Named and marked; its disks are still being copied. */
  "copying",
  "cloned",
  "configured",
  "grown",
  "started",
  "booted",
  /** The engine has recorded it, and the mark says so. */
  "recorded",
] as const;
export type Phase = (typeof phases)[number];

/** Milliseconds from power-on until a simulated guest's agent answers. */
const bootTime = 8000;

/** The phase of each VM of these VMIDs, in their order; `configured` wants a tag, `grown` a size of the boot disk. */
export function phasesOf(sim: Simulator, vmids: readonly number[], tag: string, size: string): Phase[] {
  return vmids.map((vmid) => {
    const guest = guestsOf(sim)[String(vmid)];
    if (!guest) return "absent";
    const { config } = guest;
    if (config["lock"] === "clone") return config["smbios1"] === undefined ? "stub" : "copying";
    const { mark, unfinished } = readMark(config["description"]);
    if (mark !== undefined && !unfinished) return "recorded";
    if (guest.running) return sim.clock.now() >= guest.running.booting + bootTime ? "booted" : "started";
    if (config["scsi0"]?.includes(`size=${size}`)) return "grown";
    return config["tags"] === tag ? "configured" : "cloned";
  });
}
