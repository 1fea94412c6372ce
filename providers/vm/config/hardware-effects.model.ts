import type { Change } from "../../kernel/state/changes";
import type { Effect } from "../../kernel/state/effect";
import { pattern } from "../../kernel/state/problems";
import { slotOf, type Disk } from "../disks/disk.model";
import type { Texts } from "../../kernel/fields/codec";
import { hotplugFeatures } from "./options.model";

/** A guest as it is while changes are announced. */
interface RunningGuest {
  /** What it runs with: nothing that waits for a reboot. */
  readonly config: Texts;
  readonly running: boolean;
}

/**
 * What changes really do to this guest. Proxmox plugs what the VM's `hotplug` allows, and lets the rest wait for a reboot
 * (`vmconfig_hotplug_pending`); a guest that is stopped, or will be, takes everything at once.
 */
export function refinedEffects(changes: readonly Change[], { config, running }: RunningGuest): Change[] {
  const stops = changes.some(({ path, to }) => path === "started" && to === false);
  return changes.map((change) => {
    if (change.effect !== "reboot" && change.effect !== "hot-plug") return change;
    return { ...change, effect: running && !stops ? effectOn(change, config) : "live" };
  });
}

function effectOn({ path, from, to, effect }: Change, config: Texts): Effect {
  const plugs = new Set(hotplugFeatures(config["hotplug"]));
  const when = (feature: string, more = true): Effect => (plugs.has(feature) && more ? "hot-plug" : "reboot");
  switch (pattern(path).replace(/[.[].*/, "")) {
    case "vcpus":
      return when("cpu");
    case "memoryMiB":
      return when("memory");
    case "tablet":
      return when("usb");
    case "usb":
      return when("usb", config["ostype"] === "l26" || /^win(?:8|10|11)$/.test(config["ostype"] ?? ""));
    case "networks":
      return when("network");
    case "balloonMiB":
      // the balloon device itself comes and goes with a start only
      return (config["balloon"] === "0") === (to === 0) ? "hot-plug" : "reboot";
    case "agent":
      return path === "agent.fstrimClonedDisks" && config["agent"] !== undefined ? "live" : effect;
    case "disks":
      return effect === "hot-plug" ? when("disk", pluggable(path, to ?? from)) : effect;
    default:
      return effect;
  }
}

/** A disk comes and goes on scsi and virtio; on ide and sata it waits. */
function pluggable(path: string, disk: unknown): boolean {
  const place = Number(/\[(\d+)\]/.exec(path)?.[1] ?? 0);
  const slot = typeof disk === "string" ? disk : slotOf(disk as Disk, place);
  return /^(?:scsi|virtio)/.test(slot);
}
