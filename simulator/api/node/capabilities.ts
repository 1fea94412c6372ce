import type { Routes } from "../../call.js";
import { composedCpuModels, cpuModels } from "../../cpu-models.js";
import { cpuFlags, machines } from "../../node/qemu-capabilities.js";

/** `/nodes/{node}/capabilities`. */
export const capabilityRoutes: Routes = {
  "GET /nodes/{node}/capabilities": () => [{ name: "qemu" }],
  "GET /nodes/{node}/capabilities/qemu": () => ["cpu", "cpu-flags", "machines", "migration"].map((name) => ({ name })),
  "GET /nodes/{node}/capabilities/qemu/cpu": () =>
    cpuModels.map((model) => ({
      ...model,
      custom: 0,
      ...(composedCpuModels.includes(model.name) ? { abstract: 1 } : {}),
    })),
  "GET /nodes/{node}/capabilities/qemu/machines": () => machines.map((machine) => ({ ...machine })),
  "GET /nodes/{node}/capabilities/qemu/cpu-flags": () => cpuFlags.map((name) => ({ name, "supported-on": [] })),
  "GET /nodes/{node}/capabilities/qemu/migration": () => ({ "has-dbus-vmstate": true }),
};
