/** Machine types and CPU flags that `GET /nodes/{node}/capabilities/qemu` lists for QEMU 10.0 of Proxmox VE 9.2. */

interface MachineVersion {
  version: string;
  /** What a revision of Proxmox' own changes. */
  changes?: string;
  /** Machine types other than both. */
  only?: "i440fx" | "q35";
}

const numbered = (major: number, minors: readonly number[]): MachineVersion[] =>
  minors.map((minor) => ({ version: `${major}.${minor}` }));

const versions: readonly MachineVersion[] = [
  { version: "10.0+pve1", changes: "Set host_mtu vNIC option even with default value for migration compat." },
  { version: "10.0" },
  { version: "9.2+pve1", changes: "Disables S3/S4 power states by default." },
  ...numbered(9, [2, 1, 0]),
  ...numbered(8, [2, 1, 0]),
  ...numbered(7, [2, 1, 0]),
  ...numbered(6, [2, 1, 0]),
  ...numbered(5, [2, 1, 0]),
  { version: "4.2" },
  { version: "4.1+pve2", changes: "Increases the number of SCSI drives supported." },
  { version: "4.1+pve1", changes: "Introduction of pveX versioning, no changes." },
  { version: "4.1" },
  { version: "4.0.1", only: "q35" },
  { version: "4.0" },
  ...numbered(3, [1, 0]),
  ...numbered(2, [12, 11, 10, 9, 8, 7, 6, 5, 4]),
];

interface Machine {
  id: string;
  type: "i440fx" | "q35";
  version: string;
  changes?: string;
}

export const machines: readonly Machine[] = versions.flatMap(({ version, changes, only }) =>
  (["i440fx", "q35"] as const)
    .filter((type) => only === undefined || only === type)
    .map((type) => ({ id: `pc-${type}-${version}`, type, version, ...(changes === undefined ? {} : { changes }) })),
);

/** Flags that can be set for a virtual CPU; Proxmox adds a sentence on each, the simulator does not. */
export const cpuFlags: readonly string[] = [
  ...["nested-virt", "aes", "amd-no-ssb", "amd-ssbd", "hv-evmcs", "hv-tlbflush", "ibpb", "md-clear", "pcid"],
  ...["pdpe1gb", "spec-ctrl", "ssbd", "virt-ssbd"],
];
