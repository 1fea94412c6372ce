import { splitList } from "./property-string.js";

const DEFAULT_FEATURES = "network,disk,usb";

/** The hotplug features of a VM. */
export function hotplugFeatures(hotplug: string | undefined): ReadonlySet<string> {
  if (hotplug === "0") return new Set();
  return new Set(splitList(hotplug === undefined || hotplug === "1" ? DEFAULT_FEATURES : hotplug));
}
