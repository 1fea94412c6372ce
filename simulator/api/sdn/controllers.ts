import { die } from "../../errors.js";
import type { Routes } from "../../call.js";
import { changeSection, checkSection } from "../../sdn/options.js";
import { withSdnLock } from "../../sdn/sdn.js";
import type { Sdn, SdnSection } from "../../world/sdn.js";
import { assertQuorum } from "../qemu/vm-call.js";
import { checkSections, optionsIn, rowOf, rowsOf, type StagedKind } from "./sections.js";

const controllers: StagedKind = {
  kind: "controllers",
  route: "POST /cluster/sdn/controllers",
  key: "controller",
  missing: (id) => `sdn '${id}' does not exist`,
};

const plugin = (line: number): string => ` at /usr/share/perl5/PVE/Network/SDN/Controllers/EvpnPlugin.pm line ${line}.`;

function checkController(sdn: Sdn, id: string, controller: SdnSection): void {
  if (controller.type !== "evpn") return;
  const other = Object.keys(sdn.controllers).some((name) => name !== id && sdn.controllers[name]?.type === "evpn");
  if (other) throw die(`only 1 global evpn controller can be defined${plugin(491)}`);
  if ((controller["peers"] === undefined) === (controller["fabric"] === undefined))
    throw die(`must have exactly one of peers / fabric defined${plugin(498)}`);
}

export const controllerRoutes: Routes = {
  "GET /cluster/sdn/controllers": (call) =>
    [...rowsOf(call, controllers)]
      .filter(([id]) => call.rights.hasAny(`/sdn/controllers/${id}`, "SDN.Audit", "SDN.Allocate"))
      .map(([, row]) => row)
      .filter((row) => call.params["type"] === undefined || row["type"] === call.params["type"]),
  "GET /cluster/sdn/controllers/{controller}": (call) => rowOf(call, controllers, call.text("controller")),
  "POST /cluster/sdn/controllers": async (call) => {
    const id = call.text("controller");
    const section = checkSection("controllers", call.text("type"), optionsIn(call, "controller"), true);
    assertQuorum(call);
    await withSdnLock(call, "create sdn controller object failed", (sdn) => {
      if (sdn.controllers[id]) throw die(`sdn controller object ID '${id}' already defined`);
      checkController(sdn, id, section);
      sdn.controllers[id] = section;
    });
  },
  "PUT /cluster/sdn/controllers/{controller}": (call) =>
    withSdnLock(call, "update sdn controller object failed", (sdn) => {
      const id = call.text("controller");
      checkSections(call, sdn.controllers);
      const before = sdn.controllers[id];
      if (!before) throw die(`sdn '${id}' does not exist`);
      const section = structuredClone(before);
      changeSection("controllers", section, optionsIn(call, "controller"), call.list("delete"));
      checkController(sdn, id, section);
      sdn.controllers[id] = section;
    }),
  "DELETE /cluster/sdn/controllers/{controller}": (call) =>
    withSdnLock(call, "delete sdn controller object failed", (sdn) => {
      const id = call.text("controller");
      if (!sdn.controllers[id]) throw die(`sdn '${id}' does not exist`);
      const zone = Object.keys(sdn.zones).find((name) => sdn.zones[name]?.["controller"] === id);
      if (zone !== undefined) throw die(`controller ${id} is used by ${zone}${plugin(476)}`);
      delete sdn.controllers[id];
    }),
};
