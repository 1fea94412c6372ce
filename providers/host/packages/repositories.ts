import { wire } from "../../../pve";

/** One entry of a file of repositories. */
export interface AptEntry {
  readonly path: string;
  readonly index: number;
  readonly enabled: boolean;
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** The repositories of a node, as one answer tells them. */
export interface Repositories {
  readonly entries: readonly AptEntry[];
  /** What Proxmox says of each handle: on, off, or undefined when it is not configured. */
  readonly handles: ReadonlyMap<string, boolean | undefined>;
  readonly digest: string | undefined;
}

export function repositoriesIn(answer: unknown): Repositories {
  const all = wire.object(answer);
  return {
    entries: wire.list(all["files"]).flatMap((file) =>
      wire.list(file["repositories"]).map((row, index) => ({
        ...{ path: wire.string(file["path"]) ?? "", index, enabled: wire.boolean(row["Enabled"]) },
        uris: wire.strings(row["URIs"]),
        suites: wire.strings(row["Suites"]),
        components: wire.strings(row["Components"]),
      })),
    ),
    handles: new Map(
      wire
        .list(all["standard-repos"])
        .map((row) => [wire.string(row["handle"]) ?? "", wire.optionalBoolean(row["status"])] as const),
    ),
    digest: wire.string(all["digest"]),
  };
}

const proxmoxComponents: Readonly<Record<string, readonly string[]>> = {
  enterprise: ["pve-enterprise"],
  "no-subscription": ["pve-no-subscription"],
  // its name on Proxmox VE 8
  test: ["pve-test", "pvetest"],
};

/** Debian's release below each of Proxmox VE: an entry for another one is another repository. */
const suites: Readonly<Record<string, string>> = { "8": "bookworm", "9": "trixie" };

/** Entries that are the repository of this handle. `release`: Proxmox VE's, as `GET /version` tells it. */
export function entriesOf({ entries }: Repositories, handle: string, release: string): AptEntry[] {
  const [, ceph, kind = ""] = /^ceph-([a-z]+)-(.+)$/.exec(handle) ?? [];
  const product = ceph === undefined ? "pve" : `ceph-${ceph}`;
  const components = ceph === undefined ? (proxmoxComponents[handle] ?? []) : [kind];
  const host = (ceph === undefined ? handle : kind) === "enterprise" ? "enterprise" : "download";
  const uri = new RegExp(`^https?://${host}\\.proxmox\\.com/debian/${product}/?$`);
  const suite = suites[release.split(".")[0] ?? ""];
  return entries.filter(
    (entry) =>
      entry.uris.some((one) => uri.test(one)) &&
      entry.components.some((one) => components.includes(one)) &&
      (suite === undefined || entry.suites.includes(suite)),
  );
}

/** What else an entry brings: it goes off with the repository. */
export const othersIn = ({ uris, components, suites: all }: AptEntry): string[] => [
  ...(components.length > 1 ? components : []),
  ...(uris.length > 1 ? uris : []),
  ...(all.length > 1 ? all : []),
];
