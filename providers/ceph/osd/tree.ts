import { wire } from "../../../pve";

/** An OSD in the CRUSH tree, with what it holds. */
export interface TreeOsd {
  readonly id: number;
  readonly deviceClass: string | undefined;
  readonly up: boolean;
  readonly in: boolean;
  readonly usedBytes: number;
  readonly totalBytes: number;
  readonly pgs: number;
  /** With none it gets no data. */
  readonly crushWeight: number;
  /** Names of the buckets around it, by their types: `host`, `rack`, `root`. */
  readonly within: Readonly<Record<string, string>>;
}

/** The nodes of `ceph osd df tree`. */
export function treeOsds(answer: wire.WireObject): TreeOsd[] {
  if (!Array.isArray(answer["nodes"]))
    throw new Error("the answer of ceph osd df tree is not whole; nothing was changed");
  const rows = wire.list(answer["nodes"]);
  const above = new Map<number, wire.WireObject>();
  for (const row of rows)
    for (const child of Array.isArray(row["children"]) ? (row["children"] as unknown[]) : [])
      above.set(Number(child), row);
  return rows
    .filter(({ type }) => type === "osd")
    .map((row) => {
      const within: Record<string, string> = {};
      const seen = new Set<number>();
      for (let at = above.get(Number(row["id"])); at && !seen.has(Number(at["id"])); at = above.get(Number(at["id"]))) {
        seen.add(Number(at["id"]));
        within[wire.string(at["type"]) ?? ""] = wire.string(at["name"]) ?? "";
      }
      return {
        id: wire.integer(row["id"]) ?? -1,
        deviceClass: wire.string(row["device_class"]),
        up: row["status"] === "up",
        in: (wire.number(row["reweight"]) ?? 0) > 0,
        usedBytes: (wire.number(row["kb_used"]) ?? 0) * 1024,
        totalBytes: (wire.number(row["kb"]) ?? 0) * 1024,
        crushWeight: wire.number(row["crush_weight"]) ?? 1,
        pgs: wire.number(row["pgs"]) ?? 0,
        within,
      };
    });
}
