import type { Routes } from "../../call.js";
import { cpuFlags, machines } from "../../node/qemu-capabilities.js";

/** `/nodes/{node}/capabilities`. */
export const capabilityRoutes: Routes = {
  "GET /nodes/{node}/capabilities": () => [{ name: "qemu" }],
  "GET /nodes/{node}/capabilities/qemu": () => ["cpu", "cpu-flags", "machines", "migration"].map((name) => ({ name })),
  "GET /nodes/{node}/capabilities/qemu/machines": () => machines.map((machine) => ({ ...machine })),
  "GET /nodes/{node}/capabilities/qemu/cpu-flags": () => cpuFlags.map((name) => ({ name, "supported-on": [] })),
  "GET /nodes/{node}/capabilities/qemu/migration": () => ({ "has-dbus-vmstate": true }),
};
