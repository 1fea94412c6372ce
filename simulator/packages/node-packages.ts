import { enabledRepositories } from "../apt/apt-files.js";
import { majorOf, versionOf } from "../node/proxmox-version.js";
import type { Simulation } from "../simulation.js";
import { nodeKernel } from "../node/status.js";
import type { ArchivePackage, Packages } from "../world/packages.js";
import type { NodeState } from "../world/world.js";
import { archiveNames, archiveOf } from "./archive.js";
import { compareVersions } from "./debian-versions.js";

/** A package of a kernel, by the release that it is (`6.17.4-1-pve`). */
const kernelRelease = (name: string): string | undefined =>
  /^(?:proxmox|pve)-kernel-(\d[\w.-]*-pve)(?:-signed)?$/.exec(name)?.[1];

/** What every node has, as far as it matters, by the major version of its Proxmox VE. */
const brought = {
  8: {
    "openssh-server": "1:9.2p1-2+deb12u5",
    postfix: "3.7.11-0+deb12u1",
    "proxmox-ve": "8.4.0",
    "qemu-server": "8.3.12",
  },
  9: { "openssh-server": "1:10.0p1-7", postfix: "3.10.5-1", "proxmox-ve": "9.2.0", "qemu-server": "9.2.6" },
};

/** Of those that are only listed. */
const listed = {
  8: { storage: "8.3.6", cluster: "8.1.0" },
  9: { storage: "9.1.7", cluster: "9.1.6" },
};

export function packagesOf(node: NodeState): Packages {
  const { release } = nodeKernel(node);
  const kernel = release.replace(/-pve$/, "");
  return (node.packages ??= {
    installed: {
      ...brought[majorOf(node)],
      [`proxmox-kernel-${/^\d+\.\d+/.exec(release)?.[0] ?? ""}`]: kernel,
      [`proxmox-kernel-${release}-signed`]: kernel,
    },
  });
}

/**
 * `apt-get update`: what the enabled repositories offer; the lines of those that do not let the node in, as apt prints them
 * (apt-pkg/acquire-item.cc, cmdline/apt-get.cc).
 */
export function refreshIndex(simulation: Simulation, node: NodeState): string[] {
  const enabled = enabledRepositories(node);
  const isClosed = (uris: readonly string[]) =>
    node.subscription === undefined && uris.some((uri) => uri.includes("enterprise."));
  const refused = enabled.filter(({ URIs }) => isClosed(URIs));
  const archive = archiveOf(simulation.world);
  packagesOf(node).index = enabled
    .filter((repository) => !refused.includes(repository))
    .flatMap(archiveNames)
    .flatMap((name) => archive[name] ?? []);
  const sources = refused.flatMap(({ URIs, Suites }) =>
    URIs.flatMap((uri) => Suites.map((suite) => ({ uri: uri.replace(/\/$/, ""), suite }))),
  );
  return [
    ...sources.flatMap(({ uri, suite }, at) => [`Err:${at + 1} ${uri} ${suite} InRelease`, "  401  Unauthorized"]),
    ...sources.flatMap(({ uri, suite }) => [
      `E: Failed to fetch ${uri}/dists/${suite}/InRelease  401  Unauthorized`,
      `E: The repository '${uri} ${suite} InRelease' is not signed.`,
    ]),
  ];
}

/** The newest version of a package that the node knows of. */
export function candidate(node: NodeState, name: string, version?: string): ArchivePackage | undefined {
  return (packagesOf(node).index ?? [])
    .filter((one) => one.name === name && (version === undefined || one.version === version))
    .sort((a, b) => compareVersions(b.version, a.version))[0];
}

/** Installed packages of which a newer version is known, by name. */
export function upgradable(node: NodeState): ArchivePackage[] {
  const { installed } = packagesOf(node);
  return Object.keys(installed)
    .sort()
    .flatMap((name) => {
      const newest = candidate(node, name);
      return newest && compareVersions(newest.version, installed[name] ?? "") > 0 ? [newest] : [];
    });
}

/** Releases of the kernels that are installed, the newest first. */
function installedKernels(node: NodeState): { name: string; release: string; version: string }[] {
  return Object.entries(packagesOf(node).installed)
    .flatMap(([name, version]) => {
      const release = kernelRelease(name);
      return release === undefined ? [] : [{ name, release, version }];
    })
    .sort((a, b) => compareVersions(b.release, a.release));
}

/** A boot takes the newest kernel. */
export function bootKernel(node: NodeState): void {
  const [newest] = node.packages ? installedKernels(node) : [];
  if (!newest || newest.release === nodeKernel(node).release) return;
  node.hardware.kernel = { release: newest.release, version: `#1 SMP PREEMPT_DYNAMIC PMX ${newest.version}` };
}

/** `GET /nodes/{node}/apt/update`. */
export function updateRows(node: NodeState) {
  return upgradable(node).map(({ name, version, section = "admin", title = name }) => ({
    ...{ Package: name, Title: title, Description: title, Arch: "amd64", Section: section, Priority: "optional" },
    ...{ Origin: /^(?:proxmox|pve|qemu)-/.test(name) ? "Proxmox" : "Debian", Version: version },
    OldVersion: packagesOf(node).installed[name] ?? "",
  }));
}

/** `GET /nodes/{node}/apt/versions`: Proxmox's own packages, and the kernels, the newest first. */
export function versionRows(node: NodeState) {
  const { installed } = packagesOf(node);
  const of = (name: string, version: string) => ({
    ...{ Package: name, Title: name, Description: name, Arch: "amd64", Origin: "Proxmox" },
    ...{ Section: "admin", Priority: "optional", Version: version, OldVersion: version, CurrentState: "Installed" },
  });
  const { version: pveVersion } = versionOf(node);
  const { storage, cluster } = listed[majorOf(node)];
  const its = (name: string) => of(name, installed[name] ?? "");
  return [
    { ...its("proxmox-ve"), RunningKernel: nodeKernel(node).release },
    { ...of("pve-manager", pveVersion), ManagerVersion: pveVersion },
    its("qemu-server"),
    of("libpve-storage-perl", storage),
    of("pve-cluster", cluster),
    // Debian's that Proxmox lists where they are there
    ...["dnsmasq", "frr-pythontools"].filter((name) => installed[name] !== undefined).map(its),
    ...installedKernels(node).map(({ name }) => its(name)),
  ];
}
