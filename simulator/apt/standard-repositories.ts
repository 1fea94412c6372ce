import { majorOf, suiteOf } from "../node/proxmox-version.js";
import type { AptRepository } from "../world/node.js";
import type { NodeState } from "../world/world.js";

/** A repository that Proxmox knows by a handle. */
interface StandardRepository {
  readonly name: string;
  readonly description: string;
  /** The first one is written; the others are known as it too. */
  readonly uris: readonly string[];
  readonly components: readonly string[];
  readonly file: string;
}

/** Whose package asks: Proxmox VE's, or the Backup Server's, whose repositories have the same handles. */
type Product = "pve" | "pbs";

export const sourcesFolder = "/etc/apt/sources.list.d";
export const proxmoxKey = "/usr/share/keyrings/proxmox-archive-keyring.gpg";

const enterpriseHost = "https://enterprise.proxmox.com/debian";
const downloadHost = "http://download.proxmox.com/debian";

/** Those of the product itself. Names and texts as recorded (scenario 46, line 2); the same on 8. */
function ofProduct(product: Product, major: 8 | 9): Record<string, StandardRepository> {
  // Proxmox VE was alone once, and its address without a name is still known.
  const at = (host: string) => [`${host}/${product}`, ...(product === "pve" ? [host] : [])];
  const [list, enterprise] =
    major === 8
      ? ["/etc/apt/sources.list", `${sourcesFolder}/${product}-enterprise.list`]
      : [`${sourcesFolder}/proxmox.sources`, `${sourcesFolder}/${product}-enterprise.sources`];
  return {
    enterprise: {
      name: "Enterprise",
      description:
        "This is the default, stable, and recommended repository, available for all Proxmox subscription users.",
      ...{ uris: at(enterpriseHost), components: [`${product}-enterprise`], file: enterprise },
    },
    "no-subscription": {
      name: "No-Subscription",
      description:
        "This is the recommended repository for testing and non-production use. Its packages are not as heavily tested " +
        "and validated as the production ready enterprise repository. You don't need a subscription key to access this " +
        "repository.",
      ...{ uris: at(downloadHost), components: [`${product}-no-subscription`], file: list },
    },
    test: {
      name: "Test",
      description:
        "This repository contains the latest packages and is primarily used for test labs and by developers to test new " +
        "features.",
      ...{ uris: at(downloadHost), components: [major === 8 ? `${product}test` : `${product}-test`], file: list },
    },
  };
}

/** Those of one release of Ceph. `main`, as it was called before Proxmox VE 8, is another name of Quincy's. */
function ofCeph(release: string, file: string): Record<string, StandardRepository> {
  const name = `${release.charAt(0).toUpperCase()}${release.slice(1)}`;
  const of = (
    kind: string,
    title: string,
    description: string,
    others: readonly string[] = [],
  ): StandardRepository => ({
    ...{ name: `Ceph ${name} ${title}`, description, file, components: [kind, ...others] },
    uris: [`${kind === "enterprise" ? enterpriseHost : downloadHost}/ceph-${release}`],
  });
  const main = release === "quincy" ? " The deprecated 'main' repository is an alias for this in Proxmox VE 8." : "";
  return {
    [`ceph-${release}-enterprise`]: of(
      "enterprise",
      "Enterprise",
      `This repository holds the production-ready Proxmox Ceph ${name} packages.`,
    ),
    [`ceph-${release}-no-subscription`]: of(
      "no-subscription",
      "No-Subscription",
      `This repository holds the Proxmox Ceph ${name} packages intended for non-production use.${main}`,
      release === "quincy" ? ["main"] : [],
    ),
    [`ceph-${release}-test`]: of(
      "test",
      "Test",
      `This repository contains the Ceph ${name} packages before they are moved to the main repository.`,
    ),
  };
}

/** By handle, those that a version has one for (8: proxmox-apt, `standard.rs` of its branch `stable-bookworm`). */
const known = (product: Product): Readonly<Record<8 | 9, Readonly<Record<string, StandardRepository>>>> => ({
  8: {
    ...ofProduct(product, 8),
    ...ofCeph("quincy", `${sourcesFolder}/ceph.list`),
    ...ofCeph("reef", `${sourcesFolder}/ceph.list`),
    ...ofCeph("squid", `${sourcesFolder}/ceph.list`),
  },
  9: { ...ofProduct(product, 9), ...ofCeph("squid", `${sourcesFolder}/ceph.sources`) },
});

const standard = { pve: known("pve"), pbs: known("pbs") };

/** The repositories that a node has a handle for, in the order of its answer. */
export const standardOf = (node: NodeState, product: Product = "pve") => standard[product][majorOf(node)];

/** Is it the one of the handle? It must be for this Debian, and its address is compared letter by letter. */
export function isRepository(node: NodeState, one: AptRepository, wanted: StandardRepository): boolean {
  return (
    one.Types.includes("deb") &&
    one.URIs.some((uri) => wanted.uris.includes(uri.replace(/\/+$/, ""))) &&
    one.Suites.includes(suiteOf(node)) &&
    wanted.components.some((component) => one.Components.includes(component))
  );
}

/** How Proxmox writes it: on 8 a line, on 9 a stanza that names the key. */
export function repositoryOf(
  node: NodeState,
  { uris: [uri = ""], components: [component = ""] }: StandardRepository,
): AptRepository {
  const isList = majorOf(node) === 8;
  return {
    ...{ Types: ["deb"], URIs: [uri], Suites: [suiteOf(node)], Components: [component] },
    Options: isList ? [] : [{ Key: "Signed-By", Values: [proxmoxKey] }],
    ...{ FileType: isList ? "list" : "sources", Enabled: 1 },
  };
}
