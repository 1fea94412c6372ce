import { createHash } from "node:crypto";
import { die } from "../errors.js";
import type { AptFile, AptRepository } from "../world/node.js";
import type { NodeState } from "../world/world.js";

const suite = "trixie";
const sources = "/etc/apt/sources.list.d";
const proxmoxKey = "/usr/share/keyrings/proxmox-archive-keyring.gpg";
const debianKey = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** A repository that Proxmox knows by a handle. */
interface StandardRepository {
  name: string;
  uri: string;
  component: string;
  file: string;
}

const ceph = (release: string, kind: "enterprise" | "no-subscription" | "test"): [string, StandardRepository] => [
  `ceph-${release}-${kind}`,
  {
    name: `Ceph ${release} ${kind}`,
    uri: `${kind === "enterprise" ? "https://enterprise" : "http://download"}.proxmox.com/debian/ceph-${release}`,
    component: kind,
    file: `${sources}/ceph.sources`,
  },
];

const download = "http://download.proxmox.com/debian/pve";

const standard: Readonly<Record<string, StandardRepository>> = {
  enterprise: {
    name: "Enterprise",
    uri: "https://enterprise.proxmox.com/debian/pve",
    component: "pve-enterprise",
    file: `${sources}/pve-enterprise.sources`,
  },
  "no-subscription": {
    name: "No-Subscription",
    uri: download,
    component: "pve-no-subscription",
    file: `${sources}/proxmox.sources`,
  },
  test: { name: "Test", uri: download, component: "pve-test", file: `${sources}/proxmox.sources` },
  ...Object.fromEntries(
    ["squid", "tentacle"].flatMap((release) =>
      (["enterprise", "no-subscription", "test"] as const).map((kind) => ceph(release, kind)),
    ),
  ),
};

function repository(uri: string, suites: string[], components: string[], key: string): AptRepository {
  return {
    Types: ["deb"],
    URIs: [uri],
    Suites: suites,
    Components: components,
    Options: [{ Key: "Signed-By", Values: [key] }],
    FileType: "sources",
    Enabled: 1,
  };
}

function ofHandle({ uri, component }: StandardRepository): AptRepository {
  return repository(uri, [suite], [component], proxmoxKey);
}

/** What the installer leaves: Debian's repositories and the enterprise ones. */
function installed(): AptFile[] {
  const debian = ["main", "contrib", "non-free-firmware"];
  const [enterprise, squid] = [standard["enterprise"], standard["ceph-squid-enterprise"]];
  return [
    ...(squid ? [{ path: squid.file, repositories: [ofHandle(squid)] }] : []),
    {
      path: `${sources}/debian.sources`,
      repositories: [
        repository("http://deb.debian.org/debian/", [suite, `${suite}-updates`], debian, debianKey),
        repository("http://security.debian.org/debian-security/", [`${suite}-security`], debian, debianKey),
      ],
    },
    ...(enterprise ? [{ path: enterprise.file, repositories: [ofHandle(enterprise)] }] : []),
  ];
}

function filesOf(node: NodeState): AptFile[] {
  return (node.apt ??= installed());
}

const sha256 = (content: unknown) => createHash("sha256").update(JSON.stringify(content)).digest();

function isRepository({ URIs, Components, Suites }: AptRepository, { uri, component }: StandardRepository): boolean {
  const plain = (address: string) => address.replace(/^https?:/, "").replace(/\/$/, "");
  return (
    URIs.some((address) => plain(address) === plain(uri)) && Suites.includes(suite) && Components.includes(component)
  );
}

function statusOf(node: NodeState, wanted: StandardRepository): 0 | 1 | undefined {
  const found = filesOf(node)
    .flatMap(({ repositories }) => repositories)
    .filter((each) => isRepository(each, wanted));
  if (found.length === 0) return undefined;
  return found.some(({ Enabled }) => Enabled === 1) ? 1 : 0;
}

/** `GET /nodes/{node}/apt/repositories`. */
export function aptRepositories(node: NodeState) {
  const files = filesOf(node);
  return {
    files: files.map((file) => ({ ...file, "file-type": "sources", digest: [...sha256(file)] })),
    errors: [],
    infos: files.flatMap(({ path, repositories }) =>
      repositories.map(({ URIs }, index) => ({
        ...{ path, index, kind: "origin" },
        message: URIs.some((uri) => uri.includes("proxmox.com")) ? "Proxmox" : "Debian",
      })),
    ),
    "standard-repos": Object.entries(standard).map(([handle, wanted]) => {
      const status = statusOf(node, wanted);
      return { handle, name: wanted.name, description: "", ...(status === undefined ? {} : { status }) };
    }),
    digest: sha256(files).toString("hex"),
  };
}

function checkDigest(node: NodeState, digest: string | undefined): void {
  if (digest === undefined || digest === sha256(filesOf(node)).toString("hex")) return;
  throw die("detected modified configuration - file changed by other user? Try again.");
}

/** `PUT`: adds a standard repository, or enables the one that is there. */
export function addRepository(node: NodeState, handle: string, digest?: string): void {
  checkDigest(node, digest);
  const wanted = standard[handle];
  if (!wanted) throw die(`unknown repository handle '${handle}'`);
  const files = filesOf(node);
  const existing = files.flatMap(({ repositories }) => repositories).find((each) => isRepository(each, wanted));
  if (existing) {
    existing.Enabled = 1;
    return;
  }
  const file = files.find(({ path }) => path === wanted.file);
  if (file) file.repositories.push(ofHandle(wanted));
  else files.push({ path: wanted.file, repositories: [ofHandle(wanted)] });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** `POST`: switches one repository of a file on or off. */
export function changeRepository(
  node: NodeState,
  path: string,
  index: number,
  enabled: boolean | undefined,
  digest?: string,
): void {
  checkDigest(node, digest);
  const file = filesOf(node).find((each) => each.path === path);
  if (!file) throw die(`invalid path - ${path}`);
  const found = file.repositories[index];
  if (!found) throw die(`invalid index - ${index}`);
  if (enabled !== undefined) found.Enabled = enabled ? 1 : 0;
}

/** Packages that every node has, for `GET /nodes/{node}/apt/versions`. */
export function packageVersions(pveVersion: string, runningKernel: string) {
  const of = (name: string, version: string) => ({
    ...{ Package: name, Title: name, Description: name, Arch: "amd64", Origin: "Proxmox" },
    ...{ Section: "admin", Priority: "optional", Version: version, OldVersion: version, CurrentState: "Installed" },
  });
  return [
    { ...of("proxmox-ve", "9.2.0"), RunningKernel: runningKernel },
    { ...of("pve-manager", pveVersion), ManagerVersion: pveVersion },
    of("qemu-server", "9.2.6"),
    of("libpve-storage-perl", "9.1.7"),
    of("pve-cluster", "9.1.6"),
  ];
}
