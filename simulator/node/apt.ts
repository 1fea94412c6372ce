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
  description: string;
  uri: string;
  component: string;
  file: string;
}

const proxmox = (
  name: string,
  description: string,
  component: string,
  uri = "http://download.proxmox.com/debian/pve",
  file = "proxmox",
): StandardRepository => ({ name, description, uri, component, file: `${sources}/${file}.sources` });

const ceph = (name: string, description: string, component: string): StandardRepository => ({
  ...{ name: `Ceph Squid ${name}`, description, component, file: `${sources}/ceph.sources` },
  uri: `${component === "enterprise" ? "https://enterprise" : "http://download"}.proxmox.com/debian/ceph-squid`,
});

/** Names and texts as recorded (scenario 46, line 2). */
const standard: Readonly<Record<string, StandardRepository>> = {
  enterprise: proxmox(
    "Enterprise",
    "This is the default, stable, and recommended repository, available for all Proxmox subscription users.",
    "pve-enterprise",
    "https://enterprise.proxmox.com/debian/pve",
    "pve-enterprise",
  ),
  "no-subscription": proxmox(
    "No-Subscription",
    "This is the recommended repository for testing and non-production use. Its packages are not as heavily tested " +
      "and validated as the production ready enterprise repository. You don't need a subscription key to access this " +
      "repository.",
    "pve-no-subscription",
  ),
  test: proxmox(
    "Test",
    "This repository contains the latest packages and is primarily used for test labs and by developers to test new " +
      "features.",
    "pve-test",
  ),
  "ceph-squid-enterprise": ceph(
    "Enterprise",
    "This repository holds the production-ready Proxmox Ceph Squid packages.",
    "enterprise",
  ),
  "ceph-squid-no-subscription": ceph(
    "No-Subscription",
    "This repository holds the Proxmox Ceph Squid packages intended for non-production use.",
    "no-subscription",
  ),
  "ceph-squid-test": ceph(
    "Test",
    "This repository contains the Ceph Squid packages before they are moved to the main repository.",
    "test",
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
        repository("http://debian.mirror.example/debian/", [suite, `${suite}-updates`], debian, debianKey),
      ],
    },
    ...(enterprise ? [{ path: enterprise.file, repositories: [ofHandle(enterprise)] }] : []),
  ];
}

function filesOf(node: NodeState): AptFile[] {
  return (node.apt ??= installed());
}

/** What `pveceph install` writes of its own, also for a release that the API has no handle for: ceph.sources, anew. */
export function writeCephSources(node: NodeState, release: string, kind: string): void {
  const host = kind === "enterprise" ? "https://enterprise.proxmox.com" : "http://download.proxmox.com";
  const written = repository(`${host}/debian/ceph-${release}`, [suite], [kind], proxmoxKey);
  const path = `${sources}/ceph.sources`;
  const others = filesOf(node).filter((file) => file.path !== path);
  node.apt = [...others, { path, repositories: [written] }].sort((a, b) => (a.path < b.path ? -1 : 1));
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
      const { name, description } = wanted;
      return { handle, name, description, ...(status === undefined ? {} : { status }) };
    }),
    digest: sha256(files).toString("hex"),
  };
}

function checkDigest(node: NodeState, digest: string | undefined): void {
  if (digest === undefined || digest === sha256(filesOf(node)).toString("hex")) return;
  throw die("detected modified configuration - file changed by other user? Try again.");
}

/** In a file of this format a repository is switched by an option of its own. */
function setEnabled(repository: AptRepository, enabled: boolean): void {
  repository.Enabled = enabled ? 1 : 0;
  const options = repository.Options.filter(({ Key }) => Key !== "Enabled");
  repository.Options = [...options, { Key: "Enabled", Values: [String(enabled)] }];
}

/**
 * `PUT`: adds a standard repository. One of Ceph that is there already is enabled; one of Proxmox VE is written once
 * more, whatever is there (scenario 46, lines 19, 34 and 37).
 */
export function addRepository(node: NodeState, handle: string, digest?: string): void {
  const wanted = standard[handle];
  if (!wanted) {
    const known = Object.keys(standard).map((name) => `\`${name}\``);
    throw die(`error: unknown variant \`${handle}\`, expected one of ${known.join(", ")}`);
  }
  checkDigest(node, digest);
  const files = filesOf(node);
  const existing = files.flatMap(({ repositories }) => repositories).find((each) => isRepository(each, wanted));
  if (existing && handle.startsWith("ceph-")) {
    if (!existing.Enabled) setEnabled(existing, true);
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
  if (index < 0) throw die(`error: invalid value: integer \`${index}\`, expected usize`);
  checkDigest(node, digest);
  const file = filesOf(node).find((each) => each.path === path);
  if (!file) throw die(`invalid path - ${path}`);
  const found = file.repositories[index];
  if (!found) throw die(`invalid index - ${index}`);
  if (enabled !== undefined) setEnabled(found, enabled);
}
