import { z } from "zod";
import { flag, number, word } from "../../kernel/fields/codec";
import { fields, optional, required } from "../../kernel/fields/field";
import { part, partsIn, property } from "../../kernel/fields/property";
import { devices, whole } from "./field.model";

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

const cpuSchema = fields({
  type: required(
    "CPU type such as `host`, `x86-64-v2-AES`, `EPYC`, `custom-mine`.",
    z.string().regex(/^[\w.-]+$/, "write a CPU type such as host or x86-64-v2-AES"),
    part("cputype"),
  ),
  flags: optional(
    "Flags to add (`+aes`) and to take away (`-pcid`). The order does not matter.",
    z.array(cpuFlag),
    part("flags", "list"),
  ),
  hidden: optional(
    "Hide from the guest that it is virtual, as some drivers want it.",
    z.boolean(),
    part("hidden", "flag", false),
  ),
  hvVendorId: optional(
    "Hyper-V vendor id that a Windows guest sees, 1 to 12 letters and digits.",
    z.string().regex(/^[a-zA-Z0-9]{1,12}$/, "write 1 to 12 letters and digits"),
    part("hv-vendor-id"),
  ),
  physBits: optional(
    "Bits of physical addresses that the guest sees: 8 to 64, or `host`.",
    z.union([whole("bits of physical addresses", 8, 64), z.literal("host")], 'write 8 to 64, or "host"'),
    part("phys-bits"),
  ),
  guestPhysBits: optional(
    "Bits of physical addresses that the guest uses, 32 to 64.",
    whole("bits of physical addresses", 32, 64),
    part("guest-phys-bits", "number"),
  ),
});

/** Sets of numbers as Proxmox writes them: `0-3;8`. */
const numbers = (what: string) => z.string().regex(/^\d+(?:-\d+)?(?:;\d+(?:-\d+)?)*$/, `write ${what} such as 0-1;4`);

const numaNodeSchema = fields({
  cpus: required("CPUs of the guest in this node, such as `0-1` or `0;2`.", numbers("CPUs"), part("cpus")),
  memoryMiB: required(
    "Memory in this node, in MiB; that of all nodes together is `memoryMiB`.",
    whole("memory in MiB", 1, 67_108_864),
    part("memory", "number"),
  ),
  hostNodes: optional(
    "NUMA nodes of the host to take the memory from; needs `policy`.",
    numbers("NUMA nodes of the host"),
    part("hostnodes"),
  ),
  policy: optional(
    "How the host's nodes are used.",
    z.enum(["preferred", "bind", "interleave"], "write preferred, bind or interleave"),
    part("policy"),
  ),
});

/** CPU inputs of a guest. */
export const cpuShape = {
  cores: optional("CPU cores per socket.", whole("cores per socket", 1, 512), number("cores", "reboot", 1)),
  sockets: optional("CPU sockets.", whole("sockets", 1, 16), number("sockets", "reboot", 1)),
  vcpus: optional(
    "CPUs plugged in, at most cores x sockets. Hot-plugged where `hotplug` has `cpu`, else a reboot.",
    whole("CPUs", 1, 8192),
    { ...number("vcpus", "hot-plug"), default: "all" },
  ),
  cpu: optional(
    "CPU type such as `host` or `x86-64-v2-AES`, with options as Proxmox writes them (`host,flags=+aes`), or " +
      'an object such as `{ type: "host", flags: ["+aes"] }`.',
    z.union(
      [z.string().regex(/^[\w.=-]+(?:,[\w-]+=[^,]+)*$/, "write a CPU type such as host or x86-64-v2-AES"), cpuSchema],
      'write a CPU type such as host, or an object such as { type: "host", flags: ["+aes"] }',
    ),
    {
      ...property("cpu", "reboot", {
        primary: "cputype",
        parts: partsIn(cpuSchema),
      }),
      unset: "kvm64",
    },
  ),
  cpuLimit: optional(
    "Limit of CPU time in CPUs, 0 = none.",
    z.number().min(0, "0 (no limit) to 128").max(128, "0 (no limit) to 128"),
    number("cpulimit", "live", 0),
  ),
  cpuUnits: optional("Weight against other guests, 1-10000.", whole("CPU weight", 1, 10_000), {
    ...number("cpuunits", "live"),
    default: "100",
  }),
  affinity: optional(
    "Host CPUs to run on, such as `0-3,8`; root@pam with a password only.",
    z.string().regex(/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/, "write host CPUs such as 0-3,8"),
    word("affinity", "reboot"),
  ),
  numa: optional(
    "NUMA for the guest; memory hot-plug and hugepages need it.",
    z.boolean(),
    flag("numa", "reboot", false),
  ),
  numaNodes: optional(
    "The guest's NUMA nodes; needs `numa: true`.",
    z.array(numaNodeSchema).max(8, "at most 8 NUMA nodes"),
    {
      ...devices("numa", "reboot", (key, effect) =>
        property(key, effect, {
          primary: "cpus",
          bare: false,
          parts: partsIn(numaNodeSchema),
        }),
      ),
      proxmox: "`numa0`-`numa7`",
      default: "one per socket",
    },
  ),
};

/** How many CPUs a set such as `0-3;8` names. */
export function numbersIn(text: string): number[] {
  return text.split(";").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
}
