import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import type { Problem } from "../../kernel/state/problems";
import { isAdopting } from "../life/adopting.model";
import { checkPool } from "../../checks/existing-pool";
import { checkDeclaredVmid, checkVolume } from "./inspect-names";
import { checkNode } from "../../checks/nodes";
import { checkStorage, checkVolumeStorage } from "../../checks/storages";
import { checkVmid } from "./inspect";
import { inspectAdoption } from "../life/adoption-preview";
import { checkOwnData } from "./inspect-cloud-init";
import { oneGuest } from "../template/resolve-template";
import { templateDisks, templateModel, type TemplateInputs } from "../template.model";

/** Checks a template against the cluster. */
export async function inspectTemplate(
  pve: Pve,
  call: Call,
  inputs: Partial<TemplateInputs>,
  was: Partial<TemplateInputs> | undefined,
): Promise<Problem[]> {
  const view = await pve.picture();
  const disks = templateDisks(inputs) ?? [];
  const problems = [
    ...checkNode(view, inputs.node, "node", was?.node),
    ...disks.flatMap((disk, i) =>
      checkStorage(view, disk?.storage, inputs.node, "images", inputs.disks ? `disks[${i}].storage` : "disk.storage"),
    ),
    ...checkStorage(view, inputs.cloudInit?.storage, inputs.node, "images", "cloudInit.storage"),
    ...checkOwnData(pve, view.storages, inputs.cloudInit, [inputs.node], was?.cloudInit),
  ];
  problems.push(...checkDeclaredVmid(pve, call, inputs.vmid));
  if (inputs.pool !== was?.pool) problems.push(...(await checkPool(pve, call, inputs.pool)));
  const there = (volume: string | undefined, path: string) =>
    checkVolume(pve, call, view.storages, volume, [inputs.node], path);
  if (was !== undefined)
    return inputs.imageVolumeId === was.imageVolumeId
      ? problems
      : [...problems, ...(await there(inputs.imageVolumeId, "imageVolumeId"))];
  if (isAdopting(inputs.adopt)) {
    const { disk: _, disks: __, source: ___, imageVolumeId: ____, ...rest } = inputs;
    const wanted = { ...rest, ...(disks.length > 0 ? { disks } : {}) };
    return [...problems, ...(await inspectAdoption(pve, call, wanted, "template", templateModel))];
  }
  problems.push(...checkVolumeStorage(view, inputs.imageVolumeId, inputs.node, "imageVolumeId"));
  problems.push(...(await there(inputs.imageVolumeId, "imageVolumeId")));
  const vm = inputs.source?.vm;
  const found = vm === undefined ? undefined : await oneGuest(pve, vm, "VM");
  if (found && "problem" in found) problems.push({ path: "source.vm", message: found.problem });
  return [...problems, ...(await checkVmid(pve, call, inputs.vmid))];
}
