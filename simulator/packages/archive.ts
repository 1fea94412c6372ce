import type { AptRepository } from "../world/node.js";
import type { ArchivePackage } from "../world/packages.js";

/**
 * What repositories offer where the world says nothing else, by the name that {@link archiveNames} gives them. Names and
 * dependencies are those of Debian 13 and Proxmox VE 9, or 12 and 8; versions are invented.
 */
const builtIn: Readonly<Record<string, readonly ArchivePackage[]>> = {
  debian: [
    {
      name: "corosync-qdevice",
      version: "3.0.3-2",
      section: "admin",
      title: "cluster engine quorum device daemon",
      depends: ["libnss3-tools"],
    },
    { name: "curl", version: "8.14.1-2", section: "web", title: "command line tool for transferring data" },
    { name: "exim4-daemon-light", version: "4.98.2-1", section: "mail", conflicts: ["postfix"] },
    {
      name: "htop",
      version: "3.4.1-5",
      section: "utils",
      title: "interactive processes viewer",
      depends: ["libnl-3-200"],
    },
    { name: "libnl-3-200", version: "3.7.0-2", section: "libs" },
    { name: "libnss3-tools", version: "2:3.110-1", section: "admin" },
    { name: "openssh-server", version: "1:10.0p1-7+deb13u1", section: "net", changedConfig: true },
    { name: "postfix", version: "3.10.5-1", section: "mail", asks: true, conflicts: ["exim4-daemon-light"] },
    { name: "sudo", version: "1.9.16p2-3", section: "admin" },
    { name: "vim", version: "2:9.1.1230-2", section: "editors", depends: ["vim-runtime"] },
    { name: "vim-runtime", version: "2:9.1.1230-2", section: "editors" },
  ],
  "pve-enterprise": [],
  "pve-no-subscription": [
    {
      name: "proxmox-kernel-6.17",
      version: "6.17.9-1",
      section: "kernel",
      depends: ["proxmox-kernel-6.17.9-1-pve-signed"],
    },
    { name: "proxmox-kernel-6.17.9-1-pve-signed", version: "6.17.9-1", section: "kernel" },
    { name: "qemu-server", version: "9.2.7", section: "admin" },
  ],
  ...Object.fromEntries(
    ["enterprise", "no-subscription", "test"].flatMap((kind) => [
      [`ceph-squid/${kind}`, [{ name: "ceph-mgr-dashboard", version: "19.2.3-pve2", section: "admin" }]],
      [`ceph-tentacle/${kind}`, [{ name: "ceph-mgr-dashboard", version: "20.2.1-pve1", section: "admin" }]],
    ]),
  ),
  "pve-test": [{ name: "qemu-server", version: "9.2.8", section: "admin" }],
  "bookworm:debian": [
    { name: "curl", version: "7.88.1-10+deb12u12", section: "web", title: "command line tool for transferring data" },
    {
      name: "htop",
      version: "3.2.2-2",
      section: "utils",
      title: "interactive processes viewer",
      depends: ["libnl-3-200"],
    },
    { name: "libnl-3-200", version: "3.7.0-0.2+b1", section: "libs" },
    { name: "openssh-server", version: "1:9.2p1-2+deb12u7", section: "net", changedConfig: true },
  ],
  "bookworm:pve-no-subscription": [{ name: "qemu-server", version: "8.4.1", section: "admin" }],
  "bookworm:pvetest": [{ name: "qemu-server", version: "8.4.2", section: "admin" }],
};

type Archive = Readonly<Record<string, readonly ArchivePackage[]>>;

export const archiveOf = (world: { readonly archive?: Archive }): Archive => ({ ...builtIn, ...world.archive });

/**
 * A repository's part of the archive: its component for Proxmox VE's, `ceph-squid/no-subscription`, `debian`; for another
 * Debian than 13 behind its name, `bookworm:debian`.
 */
export function archiveNames({ URIs, Components, Suites }: AptRepository): string[] {
  const names = URIs.flatMap((uri) => {
    const [, product] = /proxmox\.com\/debian(?:\/([\w-]+))?/.exec(uri) ?? [undefined, ""];
    if (product === "") return ["debian"];
    return Components.map((component) =>
      ["pve", undefined].includes(product) ? component : `${product}/${component}`,
    );
  });
  const debians = new Set(Suites.map((suite) => suite.replace(/-.*/, "")));
  return [...debians].flatMap((debian) => names.map((name) => (debian === "trixie" ? name : `${debian}:${name}`)));
}
