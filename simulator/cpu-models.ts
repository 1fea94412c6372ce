const models = (names: string, vendor: string): { name: string; vendor: string }[] =>
  names.split(" ").map((name) => ({ name, vendor }));

const intel =
  "486 Broadwell Broadwell-IBRS Broadwell-noTSX Broadwell-noTSX-IBRS Cascadelake-Server " +
  "Cascadelake-Server-noTSX Cascadelake-Server-v2 Cascadelake-Server-v4 Cascadelake-Server-v5 " +
  "ClearwaterForest ClearwaterForest-v2 ClearwaterForest-v3 Conroe Cooperlake Cooperlake-v2 " +
  "DiamondRapids GraniteRapids GraniteRapids-v2 GraniteRapids-v3 GraniteRapids-v4 GraniteRapids-v5 " +
  "Haswell Haswell-IBRS Haswell-noTSX Haswell-noTSX-IBRS Icelake-Client Icelake-Client-noTSX " +
  "Icelake-Server Icelake-Server-noTSX Icelake-Server-v3 Icelake-Server-v4 Icelake-Server-v5 " +
  "Icelake-Server-v6 Icelake-Server-v7 IvyBridge IvyBridge-IBRS KnightsMill Nehalem Nehalem-IBRS Penryn " +
  "SandyBridge SandyBridge-IBRS SapphireRapids SapphireRapids-v2 SapphireRapids-v3 SapphireRapids-v4 " +
  "SapphireRapids-v5 SapphireRapids-v6 SierraForest SierraForest-v2 SierraForest-v3 SierraForest-v4 " +
  "SierraForest-v5 Skylake-Client Skylake-Client-IBRS Skylake-Client-noTSX-IBRS Skylake-Client-v4 " +
  "Skylake-Server Skylake-Server-IBRS Skylake-Server-noTSX-IBRS Skylake-Server-v4 Skylake-Server-v5 " +
  "Westmere Westmere-IBRS core2duo coreduo pentium pentium2 pentium3";

const amd =
  "EPYC EPYC-Genoa EPYC-Genoa-v2 EPYC-IBPB EPYC-Milan EPYC-Milan-v2 EPYC-Milan-v3 EPYC-Rome " +
  "EPYC-Rome-v2 EPYC-Rome-v3 EPYC-Rome-v4 EPYC-Rome-v5 EPYC-Turin EPYC-v3 EPYC-v4 EPYC-v5 Opteron_G1 " +
  "Opteron_G2 Opteron_G3 Opteron_G4 Opteron_G5 athlon phenom";

/** Models that Proxmox composes of a QEMU model and flags. */
export const composedCpuModels: readonly string[] = ["x86-64-v2", "x86-64-v2-AES", "x86-64-v3", "x86-64-v4"];

/** The CPU models of an x86-64 node, as GET /nodes/{node}/capabilities/qemu/cpu was recorded. */
export const cpuModels: readonly { readonly name: string; readonly vendor: string }[] = [
  ...models(intel, "GenuineIntel"),
  ...models(amd, "AuthenticAMD"),
  ...models("host kvm32 kvm64 max qemu32 qemu64", "default"),
  ...composedCpuModels.map((name) => ({ name, vendor: "default" })),
];

/** Models of aarch64, which a configuration may name as well (PVE/QemuServer/CPUConfig.pm). */
export const armCpuModels: readonly string[] = (
  "a64fx cortex-a35 cortex-a53 cortex-a55 cortex-a57 cortex-a710 cortex-a72 cortex-a76 " +
  "neoverse-n1 neoverse-n2 neoverse-v1"
).split(" ");
