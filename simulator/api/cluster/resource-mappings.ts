import type { Call, Json, Routes } from "../../call.js";
import { withConfigLock } from "../../config-lock.js";
import { die, textOf } from "../../errors.js";
import { assertMapped, mappedOn, mappingsOf } from "../../resource-mappings.js";
import { parseProperties } from "../../qemu/property-string.js";
import { digestOf } from "../../random.js";
import type { Mapping, MappingKind } from "../../world/resource-mappings.js";
import type { NodeState } from "../../world/world.js";

// PVE/API2/Cluster/Mapping/{PCI,USB,Dir}.pm; scenario 17

const what = { pci: "hardware", usb: "hardware", dir: "directory" } as const;
const files = { pci: "mapping/pci.cfg", usb: "mapping/usb.cfg", dir: "mapping/directory.cfg" } as const;
const flags = ["mdev", "live-migration-capable"] as const;

const digest = (call: Call, kind: MappingKind): string => digestOf(mappingsOf(call.cluster, kind));

/** A section as it is told: options of type boolean are numbers. */
function shown(call: Call, kind: MappingKind, mapping: Mapping): Record<string, Json> {
  const numbers = flags.flatMap((key) => (mapping[key] === undefined ? [] : [[key, Number(mapping[key])]]));
  return {
    ...mapping,
    ...(Object.fromEntries(numbers) as Record<string, number>),
    type: kind,
    digest: digest(call, kind),
  };
}

function list(call: Call, kind: MappingKind): Json[] {
  const check = call.params["check-node"];
  const node = check === undefined ? undefined : checkedNode(call, kind, check);
  return Object.entries(mappingsOf(call.cluster, kind))
    .filter(([id]) => call.rights.hasAny(`/mapping/${kind}/${id}`, "Mapping.Modify", "Mapping.Use", "Mapping.Audit"))
    .map(([id, mapping]) => ({
      ...shown(call, kind, mapping),
      id,
      ...(node ? { [kind === "usb" ? "errors" : "checks"]: findings(call, kind, id, mapping, node) } : {}),
    }));
}

function checkedNode(call: Call, kind: MappingKind, name: string): NodeState {
  const node = name === "localhost" ? call.node : call.world.nodes[name];
  if (node?.cluster === call.node.cluster) return node;
  throw die(kind === "usb" ? "Wrong node to check" : `wrong node to check - ${name} != ${call.node.name}`);
}

function findings(call: Call, kind: MappingKind, id: string, mapping: Mapping, node: NodeState): Json[] {
  const entries = mappedOn(call.cluster, kind, id, node.name) ?? [];
  if (entries.length === 0) return [{ severity: "warning", message: `No mapping for node ${node.name}.` }];
  return entries.flatMap((entry) => {
    try {
      assertMapped(call.cluster, node, kind, id, entry, mapping);
      return [];
    } catch (error) {
      return [{ severity: "error", message: `Invalid configuration: ${textOf(error)}\n` }];
    }
  });
}

function existing(call: Call, kind: MappingKind): Mapping {
  const id = call.text("id");
  const mapping = mappingsOf(call.cluster, kind)[id];
  if (!mapping) throw die(`mapping '${id}' not found`);
  return mapping;
}

/** `check_config` as for a new section: `map` is required by an update too, although its schema says otherwise. */
function checkedSection(call: Call): Mapping {
  const map = call.arrays["map"];
  if (map === undefined) throw die("missing value for required option 'map'");
  const section: Mapping = { map: [...map] };
  if (call.has("description")) section.description = call.text("description");
  for (const key of flags) if (call.has(key)) section[key] = call.text(key);
  return section;
}

/** Directories must be there, at least on the node that is asked (`assert_valid_map_list`). */
function assertDirectories(call: Call, map: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const text of map) {
    const entry = parseProperties(text);
    const node = entry.node ?? "";
    if (node === call.node.name) assertMapped(call.cluster, call.node, "dir", "", entry);
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  for (const [node, count] of counts) if (count > 1) throw die(`Node '${node}' is specified ${count} times.`);
}

async function create(call: Call, kind: MappingKind): Promise<void> {
  const id = call.text("id");
  const section = checkedSection(call);
  if (kind === "dir") assertDirectories(call, section.map);
  await withConfigLock(call, files[kind], `create ${what[kind]} mapping failed`, () => {
    const mappings = mappingsOf(call.cluster, kind);
    if (mappings[id]) throw die(`${kind} ID '${id}' already defined`);
    mappings[id] = section;
  });
}

async function update(call: Call, kind: MappingKind): Promise<void> {
  const id = call.text("id");
  await withConfigLock(call, files[kind], `update ${what[kind]} mapping failed`, () => {
    if (call.has("digest") && call.text("digest") !== digest(call, kind)) {
      throw die("detected modified configuration - file changed by other user? Try again.");
    }
    const mapping = mappingsOf(call.cluster, kind)[id];
    if (!mapping) throw die(`${kind} ID '${id}' does not exist`);
    const changes = checkedSection(call);
    if (kind === "dir") assertDirectories(call, changes.map);
    for (const key of call.list("delete")) deleteOption(kind, mapping, changes, key);
    Object.assign(mapping, changes);
  });
}

function deleteOption(kind: MappingKind, mapping: Mapping, changes: Mapping, key: string): void {
  const options = ["map", "description", ...(kind === "pci" ? flags : [])];
  if (!options.includes(key)) throw die(`no such option '${key}'`);
  if (key === "map") throw die("unable to delete required option 'map'");
  const option = key as Exclude<keyof Mapping, "map">;
  if (changes[option] !== undefined) throw die(`cannot set and delete property '${key}' at the same time!`);
  delete mapping[option];
}

async function remove(call: Call, kind: MappingKind): Promise<void> {
  await withConfigLock(call, files[kind], `delete ${kind} mapping failed`, () => {
    const mappings = mappingsOf(call.cluster, kind);
    call.cluster.mappings = {
      ...(call.cluster.mappings ?? { pci: {}, usb: {}, dir: {} }),
      [kind]: Object.fromEntries(Object.entries(mappings).filter(([id]) => id !== call.text("id"))),
    };
  });
}

const routes = (kind: MappingKind) =>
  ({
    [`GET /cluster/mapping/${kind}`]: (call: Call) => list(call, kind),
    [`GET /cluster/mapping/${kind}/{id}`]: (call: Call) => shown(call, kind, existing(call, kind)),
    [`POST /cluster/mapping/${kind}`]: (call: Call) => create(call, kind),
    [`PUT /cluster/mapping/${kind}/{id}`]: (call: Call) => update(call, kind),
    [`DELETE /cluster/mapping/${kind}/{id}`]: (call: Call) => remove(call, kind),
  }) as Routes;

export const mappingRoutes: Routes = { ...routes("pci"), ...routes("usb"), ...routes("dir") };
