import type { Json } from "../call.js";
import type { SdnSection } from "../world/sdn.js";

type Row = Record<string, Json>;

/** Lists compare in any order (encode_value in PVE/Network/SDN.pm). */
const encoded = (key: string, value: string | readonly string[]): string => {
  if (typeof value !== "string") return [...value].sort().join(",");
  return key === "nodes" || key === "exitnodes" ? value.split(",").sort().join(",") : value;
};

/** How one section differs from what was applied (pending_config); undefined when neither is there. */
export function pendingRow(
  running: SdnSection | undefined,
  config: SdnSection | undefined,
  shown: (section: Readonly<Record<string, string | string[]>>) => Row,
): { row: Row; state?: "new" | "changed" | "deleted" } | undefined {
  if (!running && !config) return undefined;
  if (!running) {
    const { type, vnet, ...rest } = config as SdnSection;
    return { row: { ...at(type, vnet), state: "new", pending: shown(rest) }, state: "new" };
  }
  if (!config) return { row: { ...shown(running), state: "deleted", pending: {} }, state: "deleted" };
  const pending: Row = {};
  for (const [key, value] of Object.entries(running)) {
    const now = config[key];
    if (now === undefined) pending[key] = "deleted";
    else if (encoded(key, now) !== encoded(key, value)) Object.assign(pending, shown({ [key]: now }));
  }
  for (const [key, value] of Object.entries(config))
    if (running[key] === undefined) Object.assign(pending, shown({ [key]: value }));
  const changed = Object.keys(pending).length > 0;
  return {
    row: { ...shown(running), ...(changed ? { state: "changed", pending } : {}) },
    ...(changed ? { state: "changed" as const } : {}),
  };
}

function at(type: string | string[] | undefined, vnet: string | string[] | undefined): Row {
  return { ...(type === undefined ? {} : { type }), ...(vnet === undefined ? {} : { vnet }) };
}

/** Whether anything is staged (has_pending_changes). */
export function isPending(
  running: Readonly<Record<string, SdnSection>>,
  config: Readonly<Record<string, SdnSection>>,
): boolean {
  const ids = new Set([...Object.keys(running), ...Object.keys(config)]);
  return [...ids].some((id) => pendingRow(running[id], config[id], (section) => ({ ...section }))?.state !== undefined);
}
