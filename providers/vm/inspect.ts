import type { Guest, SnapshotNode, SnapshotStorage } from "../../pve";
import { readMark } from "../identity/mark";
import type { Call } from "../runtime/call";
import { suggestion, type Problem } from "../runtime/problems";
import type { Pve } from "../pve-session";
import { readGuest } from "./identity";
import { matching, templateProblem } from "./resolve-template";
import type { VmInputs } from "./vm.model";

/** The cluster as one shared read shows it. */
interface View {
  readonly nodes: readonly SnapshotNode[];
  readonly storages: readonly SnapshotStorage[];
  readonly guests: readonly Guest[];
}

export async function inspectVm(
  pve: Pve,
  call: Call,
  inputs: Partial<VmInputs>,
  was: Partial<VmInputs> | undefined,
): Promise<Problem[]> {
  const view = await pve.picture();
  const problems = [...checkNode(view, inputs.node, "node"), ...checkSize(view, inputs)];
  const storages = (inputs.disks ?? []).map((disk, i) => [disk?.storage, `disks[${i}].storage`] as const);
  for (const [storage, path] of [...storages, [inputs.cloudInit?.storage, "cloudInit.storage"] as const])
    problems.push(...checkStorage(view, storage, inputs.node, "images", path));
  if (was === undefined) {
    const template = inputs.source?.clone?.template;
    if (template !== undefined) {
      const problem = templateProblem(matching(view.guests, template), template, view.guests);
      if (problem !== undefined && (await stillMissing(pve, template)))
        problems.push({ path: "source.clone.template", message: problem });
    }
    problems.push(...(await checkVmid(pve, call, view, inputs.vmid)));
  }
  return problems;
}

/** The shared read may be older than a template that this run has just made. */
async function stillMissing(pve: Pve, template: string | number): Promise<boolean> {
  return matching(await pve.guestsNow(), template).length !== 1;
}

export function checkNode({ nodes }: Pick<View, "nodes">, node: string | undefined, path: string): Problem[] {
  if (node === undefined || nodes.length === 0) return [];
  const row = nodes.find((candidate) => candidate.node === node);
  const names = nodes.map((candidate) => candidate.node).sort();
  if (!row)
    return [
      { path, message: `there is no node "${node}"${suggestion(node, names)}; the cluster has ${names.join(", ")}` },
    ];
  return row.status === "offline"
    ? [{ path, message: `node ${node} is offline; start it, or write another node` }]
    : [];
}

export function checkStorage(
  { storages }: Pick<View, "storages">,
  storage: string | undefined,
  node: string | undefined,
  content: string,
  path: string,
): Problem[] {
  if (storage === undefined || storages.length === 0) return [];
  const rows = storages.filter((row) => row.storage === storage);
  const names = [...new Set(storages.map((row) => row.storage))].sort();
  if (rows.length === 0)
    return [
      {
        path,
        message: `there is no storage "${storage}"${suggestion(storage, names)}; the cluster has ${names.join(", ")}`,
      },
    ];
  const here = node === undefined ? rows : rows.filter((row) => row.node === node);
  if (here.length === 0)
    return [{ path, message: `storage ${storage} is not available on node ${node}; write another storage or node` }];
  const fitting = [
    ...new Set(storages.filter((row) => row.content.includes(content)).map((row) => row.storage)),
  ].sort();
  if (!here.some((row) => row.content.includes(content)))
    return [
      {
        path,
        message: `storage ${storage} (${here[0]?.type}) does not allow content ${content}; ${fitting.length > 0 ? `these do: ${fitting.join(", ")}` : "allow it in the storage's definition"}`,
      },
    ];
  return [];
}

function checkSize({ nodes }: View, inputs: Partial<VmInputs>): Problem[] {
  const candidates = nodes.filter(
    (row) => row.status !== "offline" && (inputs.node === undefined || row.node === inputs.node),
  );
  if (candidates.length === 0) return [];
  const problems: Problem[] = [];
  const where = inputs.node === undefined ? "any node" : `node ${inputs.node}`;
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

/** A chosen VMID must be free, or be that of a guest which an earlier, interrupted run of this resource has made. */
async function checkVmid(pve: Pve, call: Call, { guests }: View, vmid: number | undefined): Promise<Problem[]> {
  const row = guests.find((guest) => guest.vmid === vmid);
  if (!row) return [];
  const mark = row.type === "qemu" ? readMark((await readGuest(pve, row)).config["description"]).mark : undefined;
  if (mark === call.mark) return [];
  return [
    {
      path: "vmid",
      message: `${vmid} belongs to ${row.name || "another guest"} on ${row.node}; write a free VMID, or leave it out`,
    },
  ];
}
