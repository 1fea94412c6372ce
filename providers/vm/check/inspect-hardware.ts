import { isDeepStrictEqual } from "node:util";
import { isProxmoxError, storageOf } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import { suggestion, type Problem } from "../../kernel/state/problems";
import type { Pve } from "../../kernel/session/pve-session";
import { tpmMove } from "../config/firmware.model";
import { hardware, type Hardware } from "../config/hardware.model";
import { hardwareWarnings } from "../config/hardware-problems.model";
import { checkStorage } from "../../checks/storages";
import { checkVolume, missingBridge, noBridge } from "./inspect-names";
import type { GuestInputs } from "../vm.model";

type Inputs = Partial<GuestInputs> & { readonly nodes?: readonly string[] | undefined };

/** Checks hardware against the cluster: storages, mappings and bridges that are there, and who may set what. */
export async function inspectHardware(
  pve: Pve,
  call: Call,
  inputs: Inputs,
  was: Inputs | undefined,
): Promise<Problem[]> {
  const nodes = inputs.nodes ?? (inputs.node === undefined ? [] : [inputs.node]);
  if (changed(inputs, was, ["efiDisk", "bios"]))
    for (const warning of hardwareWarnings(inputs)) call.report.warn(warning);
  return [
    ...(changed(inputs, was, ["networks"]) ? await checkBridges(pve, call, inputs, nodes) : []),
    ...(changed(inputs, was, ["cdroms"]) ? await checkIsos(pve, call, inputs, nodes) : []),
    ...(await checkStorages(pve, inputs, nodes)),
    ...(await checkTpmMove(pve, inputs, was)),
    ...checkRoot(pve.process.user, inputs, was),
    ...(changed(inputs, was, ["pci", "usb", "virtiofs"]) ? await checkMappings(pve, inputs, nodes) : []),
  ];
}

const changed = (inputs: Inputs, was: Inputs | undefined, names: readonly (keyof Hardware | "networks")[]): boolean =>
  names.some((name) => !isDeepStrictEqual(inputs[name], was?.[name]));

async function checkStorages(pve: Pve, inputs: Inputs, nodes: readonly string[]): Promise<Problem[]> {
  const view = await pve.picture();
  const wanted = [
    [inputs.efiDisk?.storage, "images", "efiDisk.storage"],
    [inputs.tpm?.storage, "images", "tpm.storage"],
    [inputs.vmStateStorage, "images", "vmStateStorage"],
    [inputs.hookScript && storageOf(inputs.hookScript), "snippets", "hookScript"],
    ...(inputs.cdroms ?? []).map(
      ({ iso }, i) =>
        [iso === undefined || iso === "none" ? undefined : storageOf(iso), "iso", `cdroms[${i}].iso`] as const,
    ),
  ] as const;
  const places = nodes.length > 0 ? nodes : [undefined];
  return wanted.flatMap(([storage, content, path]) =>
    places.flatMap((node) => checkStorage(view, storage, node, content, path)),
  );
}

/** Of a VM that is checked only its name is known for sure, and who has the same name may run instead. */
async function checkTpmMove(pve: Pve, inputs: Inputs, was: Inputs | undefined): Promise<Problem[]> {
  const [next, now] = [inputs.tpm?.storage, was?.tpm?.storage];
  if (next === undefined || now === undefined || next === now) return [];
  const named = (await pve.snapshot.guests()).filter(({ name, type }) => name === was?.name && type === "qemu");
  const running = named.length > 0 && named.every(({ status }) => status === "running");
  return running ? [{ path: "tpm.storage", message: tpmMove }] : [];
}

/** What Proxmox lets nobody but root@pam set, and root@pam not by a token (check_vm_modify_config_perm). */
const rootOnly = [
  ...([
    "affinity",
    "hugepages",
    "keepHugepages",
    "spice",
    "sharedMemory",
    "amdSev",
    "intelTdx",
    "arch",
    "args",
  ] as const),
  "hookScript",
] as const;

function checkRoot(user: string, inputs: Inputs, was: Inputs | undefined): Problem[] {
  if (user === "root@pam") return [];
  const refused = (path: string, what: string): Problem => ({
    path,
    message: `only root@pam with its password may set ${what}, and this stack signs in as ${user}; leave it out, or sign in as root@pam`,
  });
  const mapped = (path: string): Problem => ({
    path,
    message: `only root@pam with its password may give a guest a device by its address, and this stack signs in as ${user}; make a resource mapping in the datacenter and write its name as mapping`,
  });
  const problems = rootOnly
    .filter((name) => inputs[name] !== undefined && changed(inputs, was, [name]))
    .map((name) => refused(name, hardware[name].key));
  const fresh = <T>(list: readonly T[] | undefined, before: readonly T[] | undefined) =>
    (list ?? []).map((item, i) => ({ item, i })).filter(({ item, i }) => !isDeepStrictEqual(item, before?.[i]));
  for (const { item, i } of fresh(inputs.pci, was?.pci))
    if (item?.host !== undefined) problems.push(mapped(`pci[${i}].host`));
  for (const { item, i } of fresh(inputs.usb, was?.usb))
    if (item?.host !== undefined && item.host.toLowerCase() !== "spice") problems.push(mapped(`usb[${i}].host`));
  for (const { item, i } of fresh(inputs.serials, was?.serials))
    if (item?.startsWith("/dev/") === true) problems.push(refused(`serials[${i}]`, "a device of the host"));
  return problems;
}

/** Mappings that this stack can see, which are those that it may use, and that lead to something on the guest's node. */
async function checkMappings(pve: Pve, inputs: Inputs, nodes: readonly string[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [name, kind, what] of [
    ["pci", "pci", "PCI"],
    ["usb", "usb", "USB"],
    ["virtiofs", "dir", "directory"],
  ] as const) {
    const wanted: readonly ({ readonly mapping?: string | undefined } | undefined)[] = inputs[name] ?? [];
    if (!wanted.some((device) => device?.mapping !== undefined)) continue;
    const rows = await pve.api.cluster.mapping[kind].$get();
    const ids = rows.map(({ id }) => String(id)).sort();
    wanted.forEach((device, i) => {
      const id = device?.mapping;
      if (id === undefined) return;
      const path = `${name}[${i}].mapping`;
      const row = rows.find((candidate) => candidate["id"] === id);
      const there = ids.length > 0 ? `there are ${ids.join(", ")}` : "there are none";
      if (!row)
        problems.push({
          path,
          message: `there is no ${what} mapping "${id}" that this stack may use${suggestion(id, ids)}; ${there}`,
        });
      else
        for (const node of nodes)
          if (!mapsNode(row["map"], node))
            problems.push({ path, message: `mapping ${id} has no device on node ${node}; add one, or write another` });
    });
  }
  return problems;
}

const mapsNode = (map: unknown, node: string): boolean =>
  Array.isArray(map) && map.some((entry) => String(entry).split(",").includes(`node=${node}`));

/** Proxmox takes a bridge that is not there, and the VM then does not start. */
async function checkBridges(pve: Pve, call: Call, inputs: Inputs, nodes: readonly string[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const node of inputs.networks?.length ? nodes : []) {
    for (const [i, network] of (inputs.networks ?? []).entries()) {
      const { bridge, mtu } = network ?? {};
      if (bridge === undefined) continue;
      const path = `networks[${i}].bridge`;
      const list = async (fresh: boolean) => {
        const there = await bridgesOf(pve, node, fresh);
        return there && new Set(there.keys());
      };
      const names = await missingBridge(pve, call, bridge, list);
      if (names) problems.push({ path, message: noBridge(bridge, node, names) });
      const bridges = await bridgesOf(pve, node);
      const most = bridges?.get(bridge) ?? 1500;
      if (bridges?.has(bridge) && mtu !== undefined && mtu > most)
        call.report.warn(
          `networks[${i}].mtu: is more than that of bridge ${bridge} on node ${node} (${most}); write at most that, or 1`,
        );
    }
  }
  return problems;
}

async function checkIsos(pve: Pve, call: Call, inputs: Inputs, nodes: readonly string[]): Promise<Problem[]> {
  const { storages } = await pve.picture();
  const found = (inputs.cdroms ?? []).map(({ iso }, i) =>
    checkVolume(pve, call, storages, iso, nodes, `cdroms[${i}].iso`),
  );
  return (await Promise.all(found)).flat();
}

/** Bridges of nodes with their MTU, as far as they were asked for; undefined where they cannot be told. */
const makeBridges = () => new Map<string, Promise<ReadonlyMap<string, number | undefined> | undefined>>();

/** Bridges of a node that this stack may use, with their MTU; undefined when it may not ask. */
async function bridgesOf(
  pve: Pve,
  node: string,
  fresh = false,
): Promise<ReadonlyMap<string, number | undefined> | undefined> {
  const bridges = pve.memory("vm: bridges of nodes", makeBridges);
  const known = fresh ? undefined : bridges.get(node);
  if (known) return known;
  const asked = readBridges(pve, node);
  bridges.set(node, asked);
  return asked;
}

async function readBridges(pve: Pve, node: string): Promise<Map<string, number | undefined> | undefined> {
  try {
    const rows = await pve.api.nodes.$(node).network.$get({ type: "any_bridge" });
    if (rows.length === 0) return undefined;
    return new Map(
      rows.map(({ iface, mtu }) => [String(iface), mtu === undefined ? undefined : Number(mtu as string | number)]),
    );
  } catch (error) {
    if (isProxmoxError(error)) return undefined;
    throw error;
  }
}
