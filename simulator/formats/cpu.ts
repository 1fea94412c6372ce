import type { Schema } from "../../contract/index.js";
import { parseProperties } from "../qemu/property-string.js";

/** CPU models that QEMU offers on x86_64, and `host`. */
export const cpuModels: readonly string[] = (
  "486 pentium pentium2 pentium3 coreduo core2duo Conroe Penryn Nehalem Nehalem-IBRS Westmere Westmere-IBRS " +
  "SandyBridge SandyBridge-IBRS IvyBridge IvyBridge-IBRS Haswell Haswell-IBRS Haswell-noTSX Haswell-noTSX-IBRS " +
  "Broadwell Broadwell-IBRS Broadwell-noTSX Broadwell-noTSX-IBRS Skylake-Client Skylake-Client-IBRS Skylake- " +
  "Client-noTSX-IBRS Skylake-Client-v4 Skylake-Server Skylake-Server-IBRS Skylake-Server-noTSX-IBRS Skylake- " +
  "Server-v4 Skylake-Server-v5 Cascadelake-Server Cascadelake-Server-v2 Cascadelake-Server-noTSX Cascadelake- " +
  "Server-v4 Cascadelake-Server-v5 Cooperlake Cooperlake-v2 KnightsMill Icelake-Client Icelake-Client-noTSX " +
  "Icelake-Server Icelake-Server-noTSX Icelake-Server-v3 Icelake-Server-v4 Icelake-Server-v5 Icelake-Server-v6 " +
  "Icelake-Server-v7 SapphireRapids SapphireRapids-v2 SapphireRapids-v3 SapphireRapids-v4 GraniteRapids " +
  "GraniteRapids-v2 GraniteRapids-v3 SierraForest SierraForest-v2 SierraForest-v3 ClearwaterForest athlon " +
  "phenom EPYC EPYC-IBPB EPYC-v3 EPYC-v4 EPYC-v5 EPYC-Rome EPYC-Rome-v2 EPYC-Rome-v3 EPYC-Rome-v4 EPYC-Rome-v5 " +
  "EPYC-Milan EPYC-Milan-v2 EPYC-Milan-v3 EPYC-Genoa EPYC-Genoa-v2 EPYC-Turin kvm32 kvm64 qemu32 qemu64 max " +
  "host"
).split(" ");

/** Models that Proxmox composes of a QEMU model and flags. */
const ABSTRACT = ["x86-64-v2", "x86-64-v2-AES", "x86-64-v3", "x86-64-v4"];

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
    enum: [...cpuModels].sort((one, other) => one.toLowerCase().localeCompare(other.toLowerCase())),
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
  if (!cpuModels.includes(cputype) && !ABSTRACT.includes(cputype)) {
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
