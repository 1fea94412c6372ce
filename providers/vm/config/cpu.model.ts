import { z } from "zod";
import { flag, number, word, type Mapped } from "../../kernel/fields/codec";
import { part, property, type Properties } from "../../kernel/fields/property";
import { devices, whole, type DeviceList } from "./field.model";

/** CPU flags that Proxmox lets a VM set by itself (PVE/QemuServer/CPUFlags.pm); others need a custom CPU model. */
const flagNames =
  "aes amd-no-ssb amd-ssbd hv-evmcs hv-tlbflush ibpb md-clear nested-virt pcid pdpe1gb spec-ctrl ssbd virt-ssbd".split(
    " ",
  );

const cpuFlag = z.string().superRefine((text, ctx) => {
  const name = /^[+-]([\w.-]+)$/.exec(text)?.[1];
  const wrong = (message: string) => ctx.addIssue({ code: "custom", message });
  if (name === undefined) wrong("write + or - and the flag, such as +aes or -pcid");
  else if (!flagNames.includes(name))
    wrong(`a VM can set these flags: ${flagNames.join(", ")}; for others make a custom CPU model on the node`);
});

const cpuSchema = z.strictObject({
  /** CPU type such as `host`, `x86-64-v2-AES`, `EPYC`, `custom-mine`. Proxmox: `cputype`. */
  type: z.string().regex(/^[\w.-]+$/, "write a CPU type such as host or x86-64-v2-AES"),
  /** Flags to add (`+aes`) and to take away (`-pcid`). The order does not matter. Proxmox: `flags`. */
  flags: z.array(cpuFlag).optional(),
  /** Hide from the guest that it is virtual, as some drivers want it. Default false. Proxmox: `hidden`. */
  hidden: z.boolean().optional(),
  /** Hyper-V vendor id that a Windows guest sees, 1 to 12 letters and digits. Proxmox: `hv-vendor-id`. */
  hvVendorId: z
    .string()
    .regex(/^[a-zA-Z0-9]{1,12}$/, "write 1 to 12 letters and digits")
    .optional(),
  /** Bits of physical addresses that the guest sees: 8 to 64, or `host`. Proxmox: `phys-bits`. */
  physBits: z
    .union([whole("bits of physical addresses", 8, 64), z.literal("host")], 'write 8 to 64, or "host"')
    .optional(),
  /** Bits of physical addresses that the guest uses, 32 to 64. Proxmox: `guest-phys-bits`. */
  guestPhysBits: whole("bits of physical addresses", 32, 64).optional(),
});

/** Sets of numbers as Proxmox writes them: `0-3;8`. */
const numbers = (what: string) => z.string().regex(/^\d+(?:-\d+)?(?:;\d+(?:-\d+)?)*$/, `write ${what} such as 0-1;4`);

const numaNodeSchema = z.strictObject({
  /** CPUs of the guest in this node, such as `0-1` or `0;2`. Proxmox: `cpus`. */
  cpus: numbers("CPUs"),
  /** Memory in this node, in MiB; that of all nodes together is `memoryMiB`. Proxmox: `memory`. */
  memoryMiB: whole("memory in MiB", 1, 67_108_864),
  /** NUMA nodes of the host to take the memory from; needs `policy`. Proxmox: `hostnodes`. */
  hostNodes: numbers("NUMA nodes of the host").optional(),
  /** How the host's nodes are used. Proxmox: `policy`. */
  policy: z.enum(["preferred", "bind", "interleave"], "write preferred, bind or interleave").optional(),
});

/** CPU inputs of a guest. */
export const cpuShape = {
  /** CPU cores per socket. Default 1. Proxmox: `cores`. */
  cores: whole("cores per socket", 1, 512).optional(),
  /** CPU sockets. Default 1. Proxmox: `sockets`. */
  sockets: whole("sockets", 1, 16).optional(),
  /**
   * CPUs plugged in, at most cores x sockets. Default: all. Hot-plugged where `hotplug` has `cpu`, else a reboot.
   * Proxmox: `vcpus`.
   */
  vcpus: whole("CPUs", 1, 8192).optional(),
  /**
   * CPU type such as `host` or `x86-64-v2-AES`, with options as Proxmox writes them (`host,flags=+aes`), or an object
   * such as `{ type: "host", flags: ["+aes"] }`. Default `kvm64`. Proxmox: `cpu`.
   */
  cpu: z
    .union(
      [z.string().regex(/^[\w.=-]+(?:,[\w-]+=[^,]+)*$/, "write a CPU type such as host or x86-64-v2-AES"), cpuSchema],
      'write a CPU type such as host, or an object such as { type: "host", flags: ["+aes"] }',
    )
    .optional(),
  /** Limit of CPU time in CPUs, 0 = none. Default 0. Proxmox: `cpulimit`. */
  cpuLimit: z.number().min(0, "0 (no limit) to 128").max(128, "0 (no limit) to 128").optional(),
  /** Weight against other guests, 1-10000. Default 100. Proxmox: `cpuunits`. */
  cpuUnits: whole("CPU weight", 1, 10_000).optional(),
  /** Host CPUs to run on, such as `0-3,8`; root@pam with a password only. Proxmox: `affinity`. */
  affinity: z
    .string()
    .regex(/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/, "write host CPUs such as 0-3,8")
    .optional(),
  /** NUMA for the guest; memory hot-plug and hugepages need it. Default false. Proxmox: `numa`. */
  numa: z.boolean().optional(),
  /** The guest's NUMA nodes; needs `numa: true`. Default: one per socket. Proxmox: `numa0`-`numa7`. */
  numaNodes: z.array(numaNodeSchema).max(8, "at most 8 NUMA nodes").optional(),
};

const cpuForm: Properties = {
  primary: "cputype",
  parts: {
    type: part("cputype"),
    flags: part("flags", "list"),
    hidden: part("hidden", "flag", false),
    hvVendorId: part("hv-vendor-id"),
    physBits: part("phys-bits"),
    guestPhysBits: part("guest-phys-bits", "number"),
  },
};

const cpu = property("cpu", "reboot", cpuForm);

export const cpuFields = {
  cores: number("cores", "reboot", 1),
  sockets: number("sockets", "reboot", 1),
  vcpus: number("vcpus", "hot-plug"),
  cpu,
  cpuLimit: number("cpulimit", "live", 0),
  cpuUnits: number("cpuunits", "live"),
  affinity: word("affinity", "reboot"),
  numa: flag("numa", "reboot", false),
} satisfies Record<string, Mapped>;

export const cpuDevices = {
  numaNodes: devices("numa", "reboot", (key, effect) =>
    property(key, effect, {
      primary: "cpus",
      bare: false,
      parts: {
        cpus: part("cpus"),
        memoryMiB: part("memory", "number"),
        hostNodes: part("hostnodes"),
        policy: part("policy"),
      },
    }),
  ),
} satisfies Record<string, DeviceList>;

/** How many CPUs a set such as `0-3;8` names. */
export function numbersIn(text: string): number[] {
  return text.split(";").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
}
