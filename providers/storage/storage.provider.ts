import { wire } from "../../pve";
import { checkNode } from "../checks/nodes";
import { fromTexts, textsOf } from "../kernel/fields/mapping";
import type { Call } from "../kernel/call/call";
import { named } from "../kernel/named";
import type { Pve } from "../kernel/session/pve-session";
import { comingStorages } from "../kernel/session/coming-storages";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { change, creation, otherPlace, type StorageEntry } from "./definition";
import { guestsOnStorage } from "./guests-on-storage";
import { untilListed } from "./listed-storages";
import { heldOf } from "./storage-types.model";
import { isUnset, movedFields, storageModel, type StorageInputs } from "./storage.model";

interface StorageOutputs {
  readonly storageId: string;
  readonly type: string;
}

export const storageProvider = (session: Session) =>
  named<StorageInputs, StorageOutputs, StorageEntry>(
    {
      kind: "Storage",
      noun: "storage",
      name: "storageId",
      model: storageModel,
      outputs: ["storageId", "type"],
      timeouts: { create: "5m", update: "5m", delete: "5m", read: "2m" },
      lock: "cluster:storage.cfg",
      async refine(_call, changes, at) {
        const held = heldOf(at.type);
        return changes.map((one) => {
          const field = held[one.path];
          // What is written now as it was without being written makes nothing anew.
          const asBefore = field !== undefined && one.from === undefined && isUnset(field, one.to);
          return { ...one, effect: asBefore ? "live" : (field?.effect ?? one.effect) };
        });
      },
      /** Under one name there is one definition. */
      oldGoesFirst: (changes) => !changes.some(({ path }) => path === "storageId"),
      async list(pve) {
        const entries = (await pve.api.storage.$get()) as unknown as readonly StorageEntry[];
        return new Map(entries.map((entry) => [wire.string(entry["storage"]) ?? "", entry]));
      },
      async read(pve, storageId) {
        const entry = wire.object(await pve.api.storage.$(storageId).$get());
        return entry["storage"] === storageId ? entry : undefined;
      },
      at: ({ storageId, type }) => ({ storageId, type }),
      live(entry, at, wanted) {
        const type = wire.string(entry["type"]) ?? at.type;
        const held = heldOf(type);
        const live = fromTexts(held, textsOf(entry), wanted);
        // A field that is not there is so because somebody took it away: what is left out would count as it is wanted.
        const all = Object.fromEntries(Object.keys(held).map((name) => [name, live[name]]));
        const inputs = { ...wanted, ...all, type, storageId: at.storageId };
        return { inputs: inputs as Partial<StorageInputs>, outputs: { ...at, type } };
      },
      create: (pve, inputs) => pve.api.storage.$post(creation(inputs)),
      change: (entry, inputs, was) => change(inputs, was, entry),
      update: (pve, storageId, sent) => pve.api.storage.$(storageId).$put(sent),
      remove: (pve, storageId) => pve.api.storage.$(storageId).$delete(),
      async inUse(pve, storageId) {
        const guests = await guestsOnStorage(pve, storageId);
        return guests.length === 0 ? undefined : `${usedBy(storageId, guests)}. Its definition was not deleted`;
      },
      differences: otherPlace,
      isAsSent: (inputs, entry) => otherPlace(inputs, entry).length === 0,
      detail: (entry) => wire.string(entry["type"]) ?? "",
      async inspect(pve, _call, inputs, was) {
        if (inputs.storageId !== undefined) comingStorages(pve).add(inputs.storageId);
        return [...(await inspectNodes(pve, inputs)), ...(was ? await inspectMove(pve, inputs, was) : [])];
      },
      warn: (call, inputs, there) => warnOfSamePath(call, inputs, there.values()),
      changed: untilListed,
    },
    session,
  );

const usedBy = (id: string, guests: readonly string[]): string =>
  `storage ${id} is in use by ${guests.join("; ")}; move or delete these volumes first, or keep the definition (retainOnDelete)`;

async function inspectNodes(pve: Pve, { nodes = [] }: Partial<StorageInputs>): Promise<Problem[]> {
  const view = await pve.picture();
  // One that is offline will have it when it is back.
  const known = { coming: view.coming, nodes: view.nodes.map((row) => ({ ...row, status: "online" as const })) };
  return nodes.flatMap((node, i) => checkNode(known, node, `nodes[${i}]`));
}

/** Another place means that the definition goes first, which is refused as long as guests need it. */
async function inspectMove(pve: Pve, inputs: Partial<StorageInputs>, was: Partial<StorageInputs>): Promise<Problem[]> {
  const moved = movedFields(inputs, was);
  if (moved.length === 0 || was.storageId === undefined) return [];
  const guests = await guestsOnStorage(pve, was.storageId);
  if (guests.length === 0) return [];
  return moved.map((path) => ({ path, message: `cannot be changed: ${usedBy(was.storageId as string, guests)}` }));
}

/** Proxmox accepts it, and then two storages have the same files under different names. */
function warnOfSamePath(call: Call, inputs: Partial<StorageInputs>, entries: Iterable<StorageEntry>): void {
  const path = "path" in inputs ? inputs.path : undefined;
  if (path === undefined) return;
  const same = [...entries].filter(
    (entry) => (wire.string(entry["path"]) ?? "").replace(/\/$/, "") === path.replace(/\/$/, ""),
  );
  for (const { storage } of same)
    call.report.warn(`${path} is the path of storage ${wire.string(storage) ?? ""} too: each shows the other's files`);
}
