import { majorOf, suiteOf } from "../node/proxmox-version.js";
import type { AptFile } from "../world/node.js";
import type { NodeState } from "../world/world.js";
import { repositoryOf, sourcesFolder, standardOf } from "./standard-repositories.js";

const debianKey = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** What the installer of 9 leaves: Debian's repositories and the enterprise ones. */
export function installedSources(node: NodeState): AptFile[] {
  if (majorOf(node) === 8) return [];
  const { enterprise, "ceph-squid-enterprise": squid } = standardOf(node);
  const suite = suiteOf(node);
  return [
    ...(squid ? [{ path: squid.file, repositories: [repositoryOf(node, squid)] }] : []),
    {
      path: `${sourcesFolder}/debian.sources`,
      repositories: [
        {
          ...{ Types: ["deb"], URIs: ["http://debian.mirror.example/debian/"], Suites: [suite, `${suite}-updates`] },
          Components: ["main", "contrib", "non-free-firmware"],
          Options: [{ Key: "Signed-By", Values: [debianKey] }],
          ...{ FileType: "sources" as const, Enabled: 1 as const },
        },
      ],
    },
    ...(enterprise ? [{ path: enterprise.file, repositories: [repositoryOf(node, enterprise)] }] : []),
  ];
}

/** What the installer of 8 leaves, as Proxmox documents it (pve-docs, pve-package-repos.adoc of 8); by path. */
export function installedLists(node: NodeState): Record<string, string> {
  if (majorOf(node) !== 8) return {};
  return {
    "/etc/apt/sources.list":
      "deb http://ftp.debian.org/debian bookworm main contrib\n" +
      "deb http://ftp.debian.org/debian bookworm-updates main contrib\n\n" +
      "# security updates\ndeb http://security.debian.org/debian-security bookworm-security main contrib\n",
    [`${sourcesFolder}/ceph.list`]: "deb https://enterprise.proxmox.com/debian/ceph-quincy bookworm enterprise\n",
    [`${sourcesFolder}/pve-enterprise.list`]: "deb https://enterprise.proxmox.com/debian/pve bookworm pve-enterprise\n",
  };
}
