import { wire } from "../../pve";
import { define } from "../kernel/define";
import { fromTexts, textsOf } from "../kernel/fields/mapping";
import type { Call } from "../kernel/call/call";
import { suggestion, type Problem } from "../kernel/state/problems";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { checkNode } from "../checks/nodes";
import { change, creation, findStorage, otherPlace } from "./definition";
import { guestsOn } from "./guests-there";
import { heldOf } from "./storage-types.model";
import { movedFields, storageModel, type StorageInputs } from "./storage.model";

interface StorageOutputs {
  readonly storageId: string;
  readonly type: string;
}

export const storageProvider = (session: Session) => {
  /** Made by this process with all their secrets. */
  const complete = new Set<string>();
  /** Resources that were there before this run: one that is replaced is checked a second time, as if it were new. */
  const existing = new Set<string>();
  return define<StorageInputs, StorageOutputs>(
    {
      kind: "Storage",
      model: storageModel,
      outputs: ["storageId", "type"],
      timeouts: { create: "5m", update: "5m", delete: "5m", read: "2m" },
      async inspect(call, inputs, was) {
        const pve = await session.look(call);
        if (!pve) return [];
        const problems = await inspectNodes(pve, inputs);
        if (was !== undefined) {
          existing.add(call.urn);
          return [...problems, ...(await inspectMove(pve, inputs, was))];
        }
        return existing.has(call.urn) ? problems : [...problems, ...(await inspectNew(pve, call, inputs))];
      },
      async refine(_call, changes, at) {
        const held = heldOf(at.type);
        return changes.map((one) => ({ ...one, effect: held[one.path]?.effect ?? one.effect }));
      },
      /** Under one name there is one definition. */
      oldGoesFirst: (changes) => !changes.some(({ path }) => path === "storageId"),
      async observe(call, at, wanted) {
        const entry = await findStorage(await session.pve(call), at.storageId);
        if (!entry) return undefined;
        const type = wire.string(entry["type"]) ?? at.type;
        const live = fromTexts(heldOf(type), textsOf(entry), wanted);
        const inputs = { ...wanted, ...live, type, storageId: at.storageId };
        return { inputs: inputs as Partial<StorageInputs>, outputs: { ...at, type } };
      },
      async ensure(call, inputs, made) {
        const pve = await session.pve(call);
        const { storageId, type, adopt } = inputs;
        const at = { storageId, type };
        if (adopt) await assertSamePlace(pve, inputs);
        else {
          await create(pve, call, inputs);
          complete.add(storageId);
        }
        made(storageId, at);
        call.report.result(adopt ? `took over storage ${storageId}` : `storage ${storageId}`);
        return { id: storageId, at };
      },
      async sync(call, at, inputs, was, creating) {
        const pve = await session.pve(call);
        const { storageId } = at;
        const secretsToo = !(creating && complete.has(storageId));
        const missing = async () => {
          const entry = await findStorage(pve, storageId);
          return entry && change(inputs, was, entry, secretsToo);
        };
        if (await missing())
          await pve.write(call, {
            what: `changing storage ${storageId}`,
            lock: storageConfig,
            send: async () => {
              const sent = await missing();
              if (sent) await pve.api.storage.$(storageId).$put(sent);
            },
            // Secrets cannot be read: whether they arrived is not known, and so they are sent again.
            happened: async () => (await missing()) === undefined,
          });
        await learned(pve, at.storageId, true);
        return at;
      },
      async remove(call, at) {
        const pve = await session.pve(call);
        const { storageId } = at;
        await pve.write(call, {
          what: `deleting storage ${storageId}`,
          lock: storageConfig,
          send: async () => {
            if (!(await findStorage(pve, storageId))) return;
            const guests = await guestsOn(pve, storageId);
            if (guests.length > 0) throw new Error(`${inUse(storageId, guests)}. Its definition was not deleted`);
            await pve.api.storage.$(storageId).$delete();
          },
          happened: async () => (await findStorage(pve, storageId)) === undefined,
        });
        await learned(pve, at.storageId, false);
      },
    },
    session,
  );
};

const storageConfig = "cluster:storage.cfg";

async function create(pve: Pve, call: Call, inputs: StorageInputs): Promise<void> {
  const { storageId } = inputs;
  await pve.write(call, {
    what: `making storage ${storageId}`,
    lock: storageConfig,
    send: async () => {
      const existing = await findStorage(pve, storageId);
      if (existing) throw new Error(alreadyThere(storageId, String(existing["type"])));
      await pve.api.storage.$post(creation(inputs));
    },
    // It was not there a moment ago: one of this name is ours when it is what was sent.
    happened: async () => {
      const entry = await findStorage(pve, storageId);
      return entry !== undefined && otherPlace(inputs, entry).length === 0;
    },
  });
}

async function assertSamePlace(pve: Pve, inputs: StorageInputs): Promise<void> {
  const entry = await findStorage(pve, inputs.storageId);
  if (!entry) throw new Error(nothingToAdopt(inputs.storageId));
  const other = otherPlace(inputs, entry);
  if (other.length > 0) throw new Error(notTheSame(inputs.storageId, other));
}

/** The shared list is older than this change: what comes next in this run looks for the storage there. */
async function learned(pve: Pve, storageId: string, present: boolean): Promise<void> {
  // A read that was under way may have begun before the change.
  for (let attempt = 0; attempt < 2; attempt++) {
    await pve.snapshot.refresh();
    if ((await pve.snapshot.storages()).some(({ storage }) => storage === storageId) === present) return;
  }
}

const inUse = (id: string, guests: readonly string[]): string =>
  `storage ${id} is in use by ${guests.join("; ")}; move or delete these volumes first, or keep the definition (retainOnDelete)`;
const alreadyThere = (id: string, type: string): string =>
  `storage ${id} (${type}) exists already; set adopt: true to take it over`;
const nothingToAdopt = (id: string): string => `there is no storage ${id} to take over; leave adopt out to make it`;
const notTheSame = (id: string, other: readonly string[]): string =>
  `storage ${id} is another one than described: its ${other.join(", its ")}; describe it as it is, or write another name`;

async function inspectNodes(pve: Pve, { nodes = [] }: Partial<StorageInputs>): Promise<Problem[]> {
  const view = await pve.picture();
  // One that is offline will have it when it is back.
  const known = { nodes: view.nodes.map((row) => ({ ...row, status: "online" as const })) };
  return nodes.flatMap((node, i) => checkNode(known, node, `nodes[${i}]`));
}

/** Another place means that the definition goes first, which is refused as long as guests need it. */
async function inspectMove(pve: Pve, inputs: Partial<StorageInputs>, was: Partial<StorageInputs>): Promise<Problem[]> {
  const moved = movedFields(inputs, was);
  if (moved.length === 0 || was.storageId === undefined) return [];
  const guests = await guestsOn(pve, was.storageId);
  if (guests.length === 0) return [];
  return moved.map((path) => ({ path, message: `cannot be changed: ${inUse(was.storageId as string, guests)}` }));
}

async function inspectNew(pve: Pve, call: Call, inputs: Partial<StorageInputs>): Promise<Problem[]> {
  const { storageId } = inputs;
  if (storageId === undefined) return [];
  const entries = (await pve.api.storage.$get()) as unknown as readonly wire.WireObject[];
  const entry = entries.find(({ storage }) => storage === storageId);
  const wrong = (message: string): Problem[] => [{ path: "storageId", message }];
  if (inputs.adopt === true) {
    const names = entries.map(({ storage }) => wire.string(storage) ?? "");
    if (!entry) return wrong(nothingToAdopt(storageId) + suggestion(storageId, names));
    const other = otherPlace(inputs, entry);
    return other.length > 0 ? wrong(notTheSame(storageId, other)) : [];
  }
  if (entry) return wrong(alreadyThere(storageId, String(entry["type"])));
  warnOfSamePath(call, inputs, entries);
  return [];
}

/** Proxmox accepts it, and then two storages have the same files under different names. */
function warnOfSamePath(call: Call, inputs: Partial<StorageInputs>, entries: readonly wire.WireObject[]): void {
  const path = "path" in inputs ? inputs.path : undefined;
  if (path === undefined) return;
  const same = entries.filter(
    (entry) => (wire.string(entry["path"]) ?? "").replace(/\/$/, "") === path.replace(/\/$/, ""),
  );
  for (const { storage } of same)
    call.report.warn(`${path} is the path of storage ${wire.string(storage) ?? ""} too: each shows the other's files`);
}
