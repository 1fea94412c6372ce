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

/**
 * Ceph's enterprise repositories, of whatever release: which one the installer has left, and which ones the node has a handle for,
 * differs from version to version. Ours, not Proxmox's: it is told by the entries.
 */
export const CEPH_ENTERPRISE = "ceph-enterprise";

/** Which product of Proxmox's has this address. Proxmox VE's has one without a name too, from when it was alone. */
function productAt(uri: string, host: "enterprise" | "download"): string | undefined {
  const found = /^https?:\/\/([a-z]+)\.proxmox\.com\/debian(?:\/([a-z-]+))?\/*$/.exec(uri);
  return found?.[1] === host ? (found[2] ?? "pve") : undefined;
}

/** The handle of an enterprise repository; undefined for an entry that is none. */
export function enterpriseHandle({ uris }: Pick<AptEntry, "uris">): string | undefined {
  const products = uris.map((uri) => productAt(uri, "enterprise"));
  const product = products.find((one) => one === "pve" || one?.startsWith("ceph-"));
  return product === undefined ? undefined : product === "pve" ? "enterprise" : `${product}-enterprise`;
}

const isCephEnterprise = (entry: AptEntry): boolean => enterpriseHandle(entry)?.startsWith("ceph-") === true;

export function repositoriesIn(answer: unknown): Repositories {
  const all = wire.object(answer);
  const entries = wire.list(all["files"]).flatMap((file) =>
    wire.list(file["repositories"]).map((row, index) => ({
      ...{ path: wire.string(file["path"]) ?? "", index, enabled: wire.boolean(row["Enabled"]) },
      uris: wire.strings(row["URIs"]),
      suites: wire.strings(row["Suites"]),
      components: wire.strings(row["Components"]),
    })),
  );
  const ofCeph = entries.filter(isCephEnterprise);
  return {
    entries,
    handles: new Map([
      ...wire
        .list(all["standard-repos"])
        .map((row) => [wire.string(row["handle"]) ?? "", wire.optionalBoolean(row["status"])] as const),
      [CEPH_ENTERPRISE, ofCeph.length === 0 ? undefined : ofCeph.some(({ enabled }) => enabled)] as const,
    ]),
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
  // One for another release of Debian lets nobody in either.
  if (handle === CEPH_ENTERPRISE) return entries.filter(isCephEnterprise);
  const [, ceph, kind = ""] = /^ceph-([a-z]+)-(.+)$/.exec(handle) ?? [];
  // Quincy's had another name before Proxmox VE 8, which is still known.
  const kinds = handle === "ceph-quincy-no-subscription" ? [kind, "main"] : [kind];
  return entriesAt(
    entries,
    ceph === undefined ? "pve" : `ceph-${ceph}`,
    (ceph === undefined ? handle : kind) === "enterprise" ? "enterprise" : "download",
    ceph === undefined ? (proxmoxComponents[handle] ?? []) : kinds,
    release,
  );
}

function entriesAt(
  entries: readonly AptEntry[],
  product: string,
  host: "enterprise" | "download",
  components: readonly string[],
  release: string,
): AptEntry[] {
  const suite = suites[release.split(".")[0] ?? ""];
  return entries.filter(
    (entry) =>
      entry.uris.some((one) => productAt(one, host) === product) &&
      entry.components.some((one) => components.includes(one)) &&
      (suite === undefined || entry.suites.includes(suite)),
  );
}

/**
 * Entries of Proxmox Backup Server's repository of the same handle. Proxmox VE before libproxmox-rs with proxmox-apt 1.0 takes
 * them for its own when it is told to add one (proxmox-apt, `add_repository_handle`): it enables them, and adds nothing.
 */
export function backupServersOf({ entries }: Repositories, handle: string, release: string): AptEntry[] {
  const components = (proxmoxComponents[handle] ?? []).map((one) => one.replace(/^pve/, "pbs"));
  return entriesAt(entries, "pbs", handle === "enterprise" ? "enterprise" : "download", components, release);
}

/** What else an entry brings: it goes off with the repository. */
export const othersIn = ({ uris, components, suites: all }: AptEntry): string[] => [
  ...(components.length > 1 ? components : []),
  ...(uris.length > 1 ? uris : []),
  ...(all.length > 1 ? all : []),
];
