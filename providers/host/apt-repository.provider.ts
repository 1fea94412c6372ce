import { isProxmoxError, wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { SharedList } from "../kernel/shared-list";
import { suggestion, type Problem } from "../kernel/state/problems";
import { aptRepositoryModel, type AptRepositoryInputs } from "./apt-repository.model";
import { declaredTwice } from "../checks/declared-twice";
import { placeInId } from "../checks/place-in-id";
import { goesOff, lackingSubscription } from "./packages/enterprise";
import {
  backupServersOf,
  CEPH_ENTERPRISE,
  entriesOf,
  othersIn,
  repositoriesIn,
  type Repositories,
} from "./packages/repositories";

interface AptRepositoryOutputs {
  readonly node: string;
  readonly handle: string;
}

const read = async (pve: Pve, node: string): Promise<Repositories> =>
  repositoriesIn(await pve.api.nodes.$(node).apt.repositories.$get());

const makeLists = () => new Map<string, SharedList<Repositories>>();

/** The repositories of a node, for the checks of all that are described there. */
function listOf(pve: Pve, node: string): SharedList<Repositories> {
  const lists = pve.memory("host: repositories", makeLists);
  const list = lists.get(node) ?? new SharedList();
  lists.set(node, list);
  return list;
}

export const aptRepositoryProvider = (session: Session) =>
  define<AptRepositoryInputs, AptRepositoryOutputs>(
    {
      kind: "AptRepository",
      model: aptRepositoryModel,
      outputs: ["node", "handle"],
      timeouts: { create: "2m", update: "2m", delete: "2m", read: "2m" },
      onNode: { node: ({ node }) => node, what: ({ handle }) => `repository ${handle}` },
      async inspect(call, inputs, was) {
        const { node, handle, enabled = true } = inputs;
        if (node === undefined || handle === undefined) return [];
        if (!enabled) goesOff(session, node, handle);
        const problems = declaredTwice(session, call, "handle", `the repository ${handle} of ${node} is set by`);
        if (was?.node === node && was.handle === handle && (was.enabled ?? true) === enabled) return problems;
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        problems.push(...unreachable);
        if (!pve) return problems;
        try {
          problems.push(...(await inspectLive(pve, call, node, handle, enabled)));
        } catch (error) {
          if (!isProxmoxError(error)) throw error;
          problems.push({ path: "node", message: `its repositories cannot be read: ${error.message}` });
        }
        return problems;
      },
      async lookup(call, id) {
        const { node, what: handle } = placeInId(id, "pve1/no-subscription");
        const known = await read(await session.node(call, node), node);
        assertKnown(known, { node, handle });
        const enabled = known.handles.get(handle) ?? false;
        return { id, outputs: { node, handle, enabled } as AptRepositoryOutputs };
      },
      async observe(call, at, wanted) {
        const { handles } = await read(await session.node(call, at.node), at.node);
        // One that is not configured brings no packages either.
        return { inputs: { ...wanted, ...at, enabled: handles.get(at.handle) ?? false }, outputs: at };
      },
      async ensure(call, { node, handle }, made) {
        const at = { node, handle };
        assertKnown(await read(await session.node(call, node), node), at);
        await call.safePoint();
        made(`${node}/${handle}`, at);
        return { id: `${node}/${handle}`, at };
      },
      async sync(call, at, { enabled = true }) {
        const done = await turn(await session.node(call, at.node), call, at, enabled);
        if (done)
          call.report.result(`repository ${at.handle} of node ${at.node} is ${enabled ? "enabled" : "disabled"}`);
        return at;
      },
      async remove(call, at) {
        const pve = await session.node(call, at.node);
        const done = await turn(pve, call, at, false);
        call.report.result(
          `repository ${at.handle} of node ${at.node} ${done ? "is disabled; its entry stays in the file" : "stays disabled"}`,
        );
      },
    },
    session,
  );

function unknown(known: Repositories, { node, handle }: AptRepositoryOutputs): string | undefined {
  if (known.handles.has(handle)) return undefined;
  const names = [...known.handles.keys()];
  return `there is no repository ${handle} on node ${node}; there are ${names.join(", ")}${suggestion(handle, names)}`;
}

function assertKnown(known: Repositories, at: AptRepositoryOutputs): void {
  const problem = unknown(known, at);
  if (problem !== undefined) throw new Error(problem);
}

async function inspectLive(pve: Pve, call: Call, node: string, handle: string, enabled: boolean): Promise<Problem[]> {
  const known = await pve.shared(call, listOf(pve, node), (shared) => read(shared, node));
  const problem = unknown(known, { node, handle });
  if (problem !== undefined) return [{ path: "handle", message: problem }];
  if (enabled && /(?:^|-)enterprise$/.test(handle)) {
    const status = await lackingSubscription(pve, node);
    if (status !== undefined)
      call.report.warn(
        `node ${node} has no active subscription (${status}), and repository ${handle} lets nobody in without one: refreshing the package lists will fail as long as it is enabled`,
      );
  }
  if (handle === CEPH_ENTERPRISE) call.report.result(whatGoesOff(known, node));
  // Which release it is matters where there is such an entry at all.
  if (!enabled || known.handles.get(handle) !== undefined || !wouldEnable(known, node, handle, "")) return [];
  const other = wouldEnable(known, node, handle, await releaseOf(pve, node));
  return other === undefined ? [] : [{ path: "handle", message: other }];
}

const releaseOf = async (pve: Pve, node: string): Promise<string> =>
  wire.string(wire.object(await pve.api.nodes.$(node).version.$get())["version"]) ?? "";

/** What Proxmox would switch on instead, to be said before it is asked to add a repository; undefined where there is nothing. */
function wouldEnable(known: Repositories, node: string, handle: string, release: string): string | undefined {
  const [one] = backupServersOf(known, handle, release).filter(({ enabled }) => !enabled);
  return one
    ? `${one.path} on node ${node} has ${one.components.join(" ")} of Proxmox Backup Server switched off, which Proxmox VE would switch on in place of adding ${handle}; take that entry out of the file, or add the repository by hand`
    : undefined;
}

/** Of Ceph's enterprise repositories, which a program may switch off without naming one. */
function whatGoesOff(known: Repositories, node: string): string {
  const on = entriesOf(known, CEPH_ENTERPRISE, "").filter(({ enabled }) => enabled);
  return on.length === 0
    ? `no enterprise repository of Ceph is on at node ${node}`
    : `switches off ${on.map(({ uris, path }) => `${uris.join(" ")} in ${path}`).join(" and ")} of node ${node}: Ceph's enterprise repository lets nobody in without a subscription`;
}

function takenForIt(known: Repositories, handle: string, release: string): string {
  const [one] = backupServersOf(known, handle, release);
  return one ? `: it takes ${one.components.join(" ")} of Proxmox Backup Server, in ${one.path}, for it` : "";
}

const isAs = (known: Repositories, handle: string, enabled: boolean): boolean =>
  (known.handles.get(handle) ?? false) === enabled;

/** Switches the repository on or off; false when it was so already. */
async function turn(pve: Pve, call: Call, { node, handle }: AptRepositoryOutputs, enabled: boolean): Promise<boolean> {
  if (isAs(await read(pve, node), handle, enabled)) return false;
  const release = await releaseOf(pve, node);
  await pve.write(call, {
    what: `${enabled ? "enabling" : "disabling"} repository ${handle} of node ${node}`,
    lock: `host:${node}`,
    send: async () => {
      // Several entries may have to be switched, each with the digest of what the one before it has left.
      for (let left = 20; left > 0; left--) {
        const known = await read(pve, node);
        if (isAs(known, handle, enabled)) return;
        await step(pve, node, handle, enabled, known, release);
      }
      throw new Error(
        `repository ${handle} of node ${node} is not ${enabled ? "enabled" : "disabled"} after it was switched; look at /etc/apt on the node`,
      );
    },
    happened: async () => isAs(await read(pve, node), handle, enabled),
  });
  listOf(pve, node).forget();
  return true;
}

/** One write. Proxmox writes an entry of its own once more when it is told to add it: what is there is switched instead. */
async function step(
  pve: Pve,
  node: string,
  handle: string,
  enabled: boolean,
  known: Repositories,
  release: string,
): Promise<void> {
  const { handles, digest } = known;
  const api = pve.api.nodes.$(node).apt.repositories;
  const sent = digest === undefined ? {} : { digest };
  if (enabled && handles.get(handle) === undefined) {
    const other = wouldEnable(known, node, handle, release);
    if (other !== undefined) throw new Error(`${other}; nothing was changed`);
    await api.$put({ handle, ...sent });
    if ((await read(pve, node)).handles.get(handle) !== undefined) return;
    throw new Error(
      `Proxmox was told to add repository ${handle} to node ${node} and has not done so${takenForIt(known, handle, release)}; add it by hand`,
    );
  }
  const entry = entriesOf(known, handle, release).find((one) => one.enabled !== enabled);
  if (!entry)
    throw new Error(
      `Proxmox says that repository ${handle} of node ${node} is ${enabled ? "disabled" : "enabled"}, and no file that it lists has it so; look at /etc/apt on the node`,
    );
  const others = othersIn(entry);
  if (!enabled && others.length > 0)
    throw new Error(
      `${entry.path} on node ${node} has repository ${handle} in one entry with others (${others.join(", ")}), which would be disabled too; part the entry by hand`,
    );
  await api.$post({ path: entry.path, index: entry.index, enabled, ...sent });
}
