import { suiteOf } from "../node/proxmox-version.js";
import type { NodeState } from "../world/world.js";
import type { Ceph } from "./ceph.js";

/** Proxmox's package of the default release; the recordings are of Debian's build 20.2.4 of the same release. */
export const releases: Readonly<Record<string, { version: string; commit: string }>> = {
  squid: { version: "19.2.3", commit: "c92aebb279828e9c3c1f5d24613efca272649e62" },
  tentacle: { version: "20.2.4", commit: "7f793731f1b39eb4f465e960113d2363c311b964" },
};

/** Features of this release as a number; it has more digits than JavaScript keeps. */
export const featureBits = Number("4541880224203014143");

export const defaultRelease = "tentacle";

/** `ceph --version`. */
export function versionLine(release: string, build = ""): string {
  const { version, commit } = releases[release] ?? { version: "20.2.4", commit: "" };
  return `ceph version ${version} (${commit}) ${release} (stable${build})`;
}

export const releaseOf = (node: NodeState): string => node.ceph?.release ?? defaultRelease;

/** What every daemon tells of its machine. */
export function machine(node: NodeState): Record<string, string> {
  const release = releaseOf(node);
  const { memory, cpuModel, swap, kernel } = node.hardware;
  return {
    arch: "x86_64",
    ceph_release: release,
    ceph_version: versionLine(release, " - RelWithDebInfo"),
    ceph_version_short: releases[release]?.version ?? "",
    cpu: cpuModel,
    distro: "debian",
    distro_description: `Debian GNU/Linux ${suiteOf(node) === "trixie" ? "13 (trixie)" : "12 (bookworm)"}`,
    hostname: node.name,
    kernel_description: kernel?.version ?? "#1 SMP PREEMPT_DYNAMIC",
    kernel_version: kernel?.release ?? "6.17.2-1-pve",
    mem_swap_kb: String(Math.floor(swap / 1024)),
    mem_total_kb: String(Math.floor(memory / 1024)),
    os: "Linux",
  };
}

/** The address of a machine in Ceph's network: that of its monitor, or the one by which Proxmox knows it. */
export function addressOf(ceph: Ceph, node: string): string {
  const mon = ceph.cluster.monmap.mons.find((each) => each.node === node);
  return mon?.address ?? ceph.nodeNamed(node)?.address ?? "0.0.0.0";
}

interface AddressVector {
  addrvec: { type: string; addr: string; nonce: number }[];
}

export const vector = (address: string, port: number, nonce: number): AddressVector => ({
  addrvec: [
    { type: "v2", addr: `${address}:${port}`, nonce },
    { type: "v1", addr: `${address}:${port + 1}`, nonce },
  ],
});

export const vectorText = (address: string, port: number, nonce: number): string =>
  `[v2:${address}:${port}/${nonce},v1:${address}:${port + 1}/${nonce}]`;
