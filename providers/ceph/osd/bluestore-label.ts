/**
 * What the label of a volume says of the OSD whose store is there. `ceph-osd --mkfs` writes it with its uuid in its first moment;
 * when the store and the OSD's superblock are made, it adds of which Ceph the OSD is, which id it has, and `ready` last of all. An OSD
 * does not start without these.
 */
export interface BluestoreLabel {
  readonly uuid: string;
  readonly fsid: string | undefined;
  readonly id: string | undefined;
  readonly ready: boolean;
}

/** By the lines of its text that are asked for; undefined where they are not those of one label. The key in it is not asked for. */
export function labelIn(text: string): BluestoreLabel | undefined {
  const found = new Map<string, string>();
  for (const line of text.split("\n").filter((each) => each.trim() !== "")) {
    const [, key = "", value = ""] = /^\s*"(osd_uuid|ceph_fsid|whoami|ready)": "([^"\\]*)",?$/.exec(line) ?? [];
    if (key === "" || found.has(key)) return undefined;
    found.set(key, value);
  }
  const uuid = found.get("osd_uuid");
  const ready = found.get("ready");
  if (uuid === undefined || (ready !== undefined && ready !== "ready")) return undefined;
  return { uuid, fsid: found.get("ceph_fsid"), id: found.get("whoami"), ready: ready !== undefined };
}
