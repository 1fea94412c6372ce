import type { Json } from "../call.js";
import type { Hardware, NodeState } from "../world/world.js";
import { majorOf } from "./proxmox-version.js";

/** The kernel of nodes whose seed says nothing of it, by the major version of their Proxmox VE. */
const defaultKernels = {
  8: { release: "6.8.12-9-pve", version: "#1 SMP PREEMPT_DYNAMIC PMX 6.8.12-9 (2025-03-16T19:18Z)" },
  9: { release: "6.17.4-1-pve", version: "#1 SMP PREEMPT_DYNAMIC PMX 6.17.4-1 (2025-12-03T15:42Z)" },
};

export function nodeKernel(node: Pick<NodeState, "hardware" | "proxmox">): { release: string; version: string } {
  return node.hardware.kernel ?? defaultKernels[majorOf(node)];
}

/** `GET /nodes/{node}/status`. */
export function nodeStatus(node: NodeState, now: number, pveversion: string): Json {
  const { hardware, booted } = node;
  const { release, version } = nodeKernel(node);
  const used = hardware.memoryUsed;
  return {
    uptime: Math.floor((now - booted) / 1000),
    kversion: `Linux ${release} ${version}`,
    "current-kernel": { sysname: "Linux", machine: "x86_64", release, version },
    "boot-info": { mode: "legacy-bios" },
    pveversion,
    cpuinfo: cpuInfo(hardware),
    loadavg: ["0.10", "0.10", "0.10"],
    cpu: 0.01,
    wait: 0,
    idle: 0,
    ksm: { shared: 0 },
    memory: {
      total: hardware.memory,
      used,
      free: hardware.memory - used,
      available: hardware.memory - used,
    },
    swap: { total: hardware.swap, used: 0, free: hardware.swap },
    rootfs: {
      total: hardware.rootTotal,
      used: hardware.rootUsed,
      free: hardware.rootTotal - hardware.rootUsed,
      avail: hardware.rootAvailable,
    },
  };
}

function cpuInfo(hardware: Hardware): Json {
  const { cpus, sockets, cpuModel, cpuFlags, mhz } = hardware;
  return {
    ...{ cpus, sockets, mhz, model: cpuModel, flags: cpuFlags, user_hz: 100 },
    cores: Math.max(1, cpus / sockets),
    hvm: /\b(?:svm|vmx)\b/.test(cpuFlags) ? "1" : "",
    vendor: hardware.cpuVendor ?? "AuthenticAMD",
    family: hardware.cpuFamily ?? "25",
  };
}
