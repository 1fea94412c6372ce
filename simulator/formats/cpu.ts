import type { Schema } from "../../contract/index.js";
import { armCpuModels, composedCpuModels, cpuModels } from "../cpu-models.js";
import { parseProperties } from "../qemu/property-string.js";

/** Models that QEMU itself knows: what a custom model may report. */
const qemuModels = [...cpuModels.map(({ name }) => name), ...armCpuModels].filter(
  (name) => !composedCpuModels.includes(name),
);

/** Flags that a VM may set by itself; a custom model may set any. */
const FLAGS =
  "aes amd-no-ssb amd-ssbd hv-evmcs hv-tlbflush ibpb md-clear nested-virt pcid pdpe1gb spec-ctrl ssbd virt-ssbd".split(
    " ",
  );

/** Keys of a VM's `cpu` (PVE/QemuServer/CPUConfig.pm). */
export const cpuProperties: Readonly<Record<string, Schema>> = {
  cputype: { type: "string", optional: 1, default_key: 1 },
  "reported-model": {
    type: "string",
    optional: 1,
    enum: [...qemuModels].sort((one, other) => one.toLowerCase().localeCompare(other.toLowerCase())),
  },
  hidden: { type: "boolean", optional: 1 },
  "hv-vendor-id": { type: "string", optional: 1, pattern: "[a-zA-Z0-9]{1,12}" },
  flags: { type: "string", optional: 1, pattern: "[+-][a-zA-Z0-9\\-_\\.]+(;[+-][a-zA-Z0-9\\-_\\.]+)*" },
  "guest-phys-bits": { type: "integer", optional: 1, minimum: 32, maximum: 64 },
  "phys-bits": { type: "string", optional: 1, format: "pve-phys-bits" },
  level: { type: "integer", optional: 1, minimum: 0, maximum: 4294967295 },
};

/** Why a VM cannot have such a CPU although each key is right (`validate_vm_cpu_conf`). */
export function cpuFailure(text: string): string | undefined {
  const cpu = parseProperties(text, { defaultKey: "cputype" });
  const { cputype } = cpu;
  if (!cputype) return "CPU is missing cputype";
  if (cputype.startsWith("custom-")) return `Custom cputype '${cputype.slice("custom-".length)}' not found`;
  if (!qemuModels.includes(cputype) && !composedCpuModels.includes(cputype)) {
    return `Built-in cputype '${cputype}' is not defined (missing 'custom-' prefix?)`;
  }
  if (cpu.flags && !cpu.flags.split(";").every((flag) => FLAGS.includes(flag.slice(1)))) {
    return `VM-specific CPU flags must be a subset of: ${FLAGS.join(", ")}`;
  }
  if (cpu["reported-model"] !== undefined) return "Property 'reported-model' not allowed in VM-specific CPU config.";
  return undefined;
}

/** `phys-bits`: a number of bits or `host`. */
export function physBitsFailure(text: string): string | undefined {
  const good = text === "host" || (/^\d{1,2}$/.test(text) && Number(text) >= 8 && Number(text) <= 64);
  return good ? undefined : "value must be an integer between 8 and 64 or 'host'";
}
