import { isDeepStrictEqual } from "node:util";
import type { Guest, SnapshotNode, SnapshotStorage } from "../../../pve";
import { isOwnerKnown } from "../../kernel/identity/mark";
import type { Call } from "../../kernel/call/call";
import type { Problem } from "../../kernel/state/problems";
import { isUnknown } from "../../kernel/state/unknowns";
import type { Pve } from "../../kernel/session/pve-session";
import { isAdopting } from "../life/adopting.model";
import { markOf } from "../config/vm-config";
import { readGuest } from "../identity";
import { inspectAdoption } from "../life/adoption-preview";
import { cloneRoute } from "../life/clone-route";
import { compareDeclared } from "./declared";
import { checkPool } from "../../checks/existing-pool";
import { checkDeclaredVmid, checkVolume } from "./inspect-names";
import { checkNode } from "../../checks/nodes";
import { inspectMove } from "./inspect-move";
import { checkStorage, checkVolumeStorage } from "../../checks/storages";
import { checkOwnData, noLogin } from "./inspect-cloud-init";
import { decidedByHa } from "../life/under-ha";
import { fitsNode } from "../life/placement";
import { oneGuest } from "../template/resolve-template";
import { describeSource, type Source } from "../life/source.model";
import type { VmInputs } from "../vm.model";
import { checkVnetAddresses } from "./inspect-vnet-addresses";
import { runMemory } from "./run-memory";
import { templateConfig } from "../template/template-config";

/** The cluster as one shared read shows it. */
interface View {
  readonly coming?: ReadonlySet<string>;
  readonly nodes: readonly SnapshotNode[];
  readonly storages: readonly SnapshotStorage[];
  readonly comingStorages?: ReadonlySet<string>;
  readonly guests: readonly Guest[];
  seesStorage(storage: string): Promise<boolean>;
}

/** Under HA it is HA that decides whether a VM runs; only of one guest with this name is it told which. */
function checkStarted({ guests }: View, { started }: Partial<VmInputs>, was: Partial<VmInputs> | undefined): Problem[] {
  if (started === undefined || was?.name === undefined || started === was.started) return [];
  const [row, other] = guests.filter(({ name, type }) => name === was.name && type === "qemu");
  if (!row || other || row.ha === undefined || row.ha === "ignored") return [];
  return (row.status === "running") === started ? [] : [{ path: "started", message: decidedByHa(row.vmid, started) }];
}

export async function inspectVm(
  pve: Pve,
  call: Call,
  inputs: Partial<VmInputs>,
  was: Partial<VmInputs> | undefined,
): Promise<Problem[]> {
  const view = await pve.picture();
  const problems = [
    ...checkNode(view, inputs.node, "node", was?.node),
    ...checkNodes(view, inputs.nodes, was?.nodes),
    ...checkSize(view, inputs),
  ];
  const storages = (inputs.disks ?? []).map((disk, i) => [disk?.storage, `disks[${i}].storage`] as const);
  const nodes = inputs.nodes ?? [inputs.node];
  for (const [storage, path] of [...storages, [inputs.cloudInit?.storage, "cloudInit.storage"] as const])
    for (const node of nodes) problems.push(...checkStorage(view, storage, node, "images", path));
  problems.push(...checkOwnData(pve, view.storages, inputs.cloudInit, nodes, was?.cloudInit));
  problems.push(...compareDeclared(pve, call, inputs, was?.name));
  problems.push(...checkDeclaredVmid(pve, call, inputs.vmid));
  problems.push(...(await checkVnetAddresses(pve, call, inputs, was)));
  if (inputs.pool !== was?.pool) problems.push(...(await checkPool(pve, call, inputs.pool)));
  problems.push(...checkStarted(view, inputs, was));
  if (problems.length === 0) problems.push(...(await inspectMove(pve, call, view.guests, inputs, was)));
  if (was !== undefined) noteNewSource(call, inputs.source, was.source);
  else if (isAdopting(inputs.adopt)) problems.push(...(await inspectAdoption(pve, call, inputs)));
  else {
    problems.push(...checkVolumeStorage(view, inputs.source?.imageVolumeId, inputs.node, "source.imageVolumeId"));
    problems.push(...checkVolumeStorage(view, inputs.source?.iso, inputs.node, "source.iso"));
    for (const kind of ["imageVolumeId", "iso"] as const)
      problems.push(...(await checkVolume(pve, call, view.storages, inputs.source?.[kind], nodes, `source.${kind}`)));
    problems.push(...(await checkClone(pve, call, view, inputs)));
    problems.push(...(await checkVmid(pve, call, inputs.vmid)));
    if (problems.length === 0) await warnOfNoLogin(pve, call, inputs);
  }
  return problems;
}

async function warnOfNoLogin(pve: Pve, call: Call, { cloudInit, source }: Partial<VmInputs>): Promise<void> {
  const template = source?.clone?.template;
  // Of a template that is being made it is not known yet what it hands on.
  if (source === undefined || (source.clone && template === undefined)) return;
  const found = template === undefined ? undefined : await oneGuest(pve, template, "template");
  const inherited = found && "row" in found ? await templateConfig(pve, call, found.row) : undefined;
  const warning = noLogin(cloudInit, inherited);
  if (warning !== undefined) call.report.warn(warning);
}

/** The source is only read when the VM is made. */
function noteNewSource(call: Call, source: Source | undefined, was: Source | undefined): void {
  const known = (part: Source | undefined) =>
    part && Object.values(part.clone ?? part).every((value) => !isUnknown(value));
  if (!source || !was || !known(was) || isDeepStrictEqual(source, was)) return;
  // Of a template that is being made the VMID is not known yet.
  if (source.clone && source.clone.template === undefined) return;
  // Nor the volume of an image that is being downloaded.
  if (!source.clone && !source.imageVolumeId && !source.iso && !source.empty) return;
  call.report.result(
    `source is ${describeSource(source)} now; this VM stays as it was made, from ${describeSource(was)}: only new VMs are made from the new source`,
  );
}

async function checkClone(pve: Pve, call: Call, view: View, inputs: Partial<VmInputs>): Promise<Problem[]> {
  const { template, full = true } = inputs.source?.clone ?? {};
  if (template === undefined) return [];
  const found = await oneGuest(pve, template, "template");
  if ("problem" in found) return [{ path: "source.clone.template", message: found.problem }];
  if (view.storages.length === 0) return [];
  const config = await templateConfig(pve, call, found.row);
  const route = cloneRoute(view, found.row, config, inputs, full);
  if (!("problem" in route)) return [];
  const [path = "", message = ""] = route.problem.split(/: (.*)/s);
  return [{ path, message }];
}

function checkNodes(view: View, nodes: readonly string[] | undefined, was: readonly string[] | undefined): Problem[] {
  const rows = (nodes ?? []).map((node) => view.nodes.find((row) => row.node === node));
  // That some of them are offline is what the others are named for.
  const allOffline = rows.length > 0 && rows.every((row) => row?.status === "offline");
  return (nodes ?? []).flatMap((node, i) =>
    rows[i]?.status === "offline" && !allOffline
      ? []
      : checkNode(view, node, `nodes[${i}]`, was?.includes(node) ? node : undefined),
  );
}

function checkSize({ nodes }: View, inputs: Partial<VmInputs>): Problem[] {
  const candidates = nodes.filter((row) => row.status !== "offline" && fitsNode(inputs, row.node));
  if (candidates.length === 0) return [];
  const problems: Problem[] = [];
  const where = inputs.node !== undefined ? `node ${inputs.node}` : inputs.nodes ? "any of nodes" : "any node";
  const cpus = Math.max(...candidates.map((row) => row.maxcpu));
  const wantedCpus = (inputs.cores ?? 1) * (inputs.sockets ?? 1);
  if (cpus > 0 && wantedCpus > cpus)
    problems.push({ path: "cores", message: `${wantedCpus} CPUs are more than ${where} has; write at most ${cpus}` });
  const memory = Math.floor(Math.max(...candidates.map((row) => row.maxmem)) / 1024 ** 2);
  if (memory > 0 && (inputs.memoryMiB ?? 0) > memory)
    problems.push({
      path: "memoryMiB",
      message: `${inputs.memoryMiB} MiB are more than ${where} has; write at most ${memory}`,
    });
  return problems;
}

/**
 * A chosen VMID must be free, or be that of a guest which an earlier, interrupted run of this resource has made. Where
 * Proxmox or the stack's range gives one, there should be enough of them.
 */
export async function checkVmid(pve: Pve, call: Call, vmid: number | undefined): Promise<Problem[]> {
  if (vmid === undefined) {
    await warnOfFewVmids(pve, call);
    return [];
  }
  const row = (await pve.snapshot.guests()).find((guest) => guest.vmid === vmid);
  if (!row) return [];
  const { mark, unfinished } = row.type === "qemu" ? markOf(await readGuest(pve, row)) : noMark;
  const own = isOwnerKnown(call) ? mark === call.mark : undefined;
  if (unfinished && own !== false) return [];
  const named = `${row.name || "another guest"} on ${row.node}`;
  if (own !== false && mark !== undefined) {
    // The engine removes the old one before it calls create, as the program says.
    if (call.inputs["__oldGoesFirst"] === true) return [];
    return [
      {
        path: "vmid",
        message:
          `${vmid} is ${named}, which carries ${own ? "this resource's own mark" : "an owner's mark"}; a replacement is made ` +
          "before the old one goes: leave vmid out, or set the option deleteBeforeReplace. If it was let go of " +
          "(retainOnDelete, or pulumi state delete), take it over with adopt",
      },
    ];
  }
  return [{ path: "vmid", message: `${vmid} belongs to ${named}; write a free VMID, or leave it out` }];
}

const noMark = { mark: undefined, unfinished: false };

async function warnOfFewVmids(pve: Pve, call: Call): Promise<void> {
  const { vmids, connection } = pve.process;
  const vms = runMemory(pve);
  vms.needingVmids.add(call.urn);
  const needed = vms.needingVmids.size;
  const free = await connection.vmids.countFree(needed, vmids === undefined ? {} : { range: vmids });
  if (free < needed)
    call.report.warn(
      `this is resource ${needed} that needs a VMID, and ${free} are free in ${vmids ?? "the datacenter's next-id range"}; ` +
        "widen proxmox:vmids, or delete guests",
    );
}
